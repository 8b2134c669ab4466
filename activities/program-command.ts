/** The commands that start our programs in somebody's image: bash and glibc are all they need. */

/** Where an instance finds a program and the Node that runs it, and what both must hash to. */
export interface ProgramFiles {
  readonly bundle: string;
  readonly node: string;
  readonly sha256: { readonly bundle: string; readonly node: string };
}

/** Starts the program detached and returns, so that the instance counts as started. */
export function detachedCommand(
  input: ProgramFiles & { readonly arguments: readonly string[] },
): string {
  const run = `nohup "$folder/node" "$folder/program.js" ${input.arguments.map(quote).join(' ')}`;
  return [...prepareLines(input), `${run} > "$folder/output.log" 2>&1 &`].join('\n');
}

/** Runs the program in the shell's place, so that signals reach it. */
export function foregroundCommand(
  input: ProgramFiles & { readonly arguments: readonly string[] },
): string {
  const run = `exec "$folder/node" "$folder/program.js" ${input.arguments.map(quote).join(' ')}`;
  return [...prepareLines(input), run].join('\n');
}

/** Copies both off the mount (which may forbid execution) and checks their SHA-256. */
function prepareLines(input: ProgramFiles): string[] {
  return [
    'set -e',
    'folder=$(mktemp -d)',
    `cp ${quote(input.node)} "$folder/node"`,
    `cp ${quote(input.bundle)} "$folder/program.js"`,
    'chmod 755 "$folder/node"',
    // macOS has shasum where Linux has sha256sum.
    'digest() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d" " -f1; }',
    `[ "$(digest "$folder/node")" = ${quote(input.sha256.node)} ] || { echo "the Node runtime is not the recorded one" >&2; exit 1; }`,
    `[ "$(digest "$folder/program.js")" = ${quote(input.sha256.bundle)} ] || { echo "the program is not the recorded one" >&2; exit 1; }`,
  ];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
