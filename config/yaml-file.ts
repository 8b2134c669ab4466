import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type { ConfigProblem } from './config-error';

/** What a YAML file holds, or why it could not be read. */
export type YamlFile =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken'; readonly problems: readonly ConfigProblem[] };

/** Reads one YAML file. Messages tell the place and never quote the text, which may hold secrets. */
export function readYaml(input: { readonly path: string; readonly shownAs: string }): YamlFile {
  let text: string;
  try {
    text = readFileSync(input.path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return { kind: 'absent' };
    return broken({ ...input, message: `can't be read (${code})`, mend: 'Check its permissions' });
  }
  return parseYaml({ text, shownAs: input.shownAs });
}

function parseYaml(input: { readonly text: string; readonly shownAs: string }): YamlFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(input.text, { lineCounter, prettyErrors: false });
  if (document.errors.length === 0) {
    try {
      return { kind: 'read', value: document.toJS({ maxAliasCount: 100 }) };
    } catch {
      return broken({ ...input, message: 'has unusable aliases', mend: 'Write values out' });
    }
  }
  const problems = document.errors.map((error) => {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    return {
      source: input.shownAs,
      key: '',
      message: `isn't valid YAML at line ${line}, column ${col} (${error.code})`,
      mend: 'Check the indentation, quotes and repeated keys there',
    };
  });
  return { kind: 'broken', problems };
}

function broken(input: {
  readonly shownAs: string;
  readonly message: string;
  readonly mend: string;
}): YamlFile {
  const { shownAs, message, mend } = input;
  return { kind: 'broken', problems: [{ source: shownAs, key: '', message, mend }] };
}
