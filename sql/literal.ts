/** A name or value that cannot be written into a SQL statement safely. */
export class SqlTextError extends Error {
  override readonly name = 'SqlTextError';
}

const plainName = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const runId = /^[A-Za-z0-9_.-]{1,255}$/;

/**
 * A table or column name between backquotes. MaxCompute allows letters, digits and underscores,
 * up to 128 bytes; anything else is refused with SqlTextError instead of being escaped.
 */
export function identifier(name: string): string {
  if (!plainName.test(name)) {
    throw new SqlTextError(
      `'${name}' is no MaxCompute name: use letters, digits and underscores, at most 128, not starting with a digit`,
    );
  }
  return `\`${name}\``;
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  ';': '\\;',
  '\u001a': '\\Z',
};

/**
 * A STRING constant between single quotes, by MaxCompute's escape table (backslash sequences; a
 * doubled quote would be two constants side by side). NUL is refused: it ends a string there.
 */
export function stringLiteral(value: string): string {
  if (value.includes('\0')) throw new SqlTextError('a SQL string constant cannot hold NUL');
  const escaped = Array.from(value, (character) => escapes[character] ?? character);
  return `'${escaped.join('')}'`;
}

/**
 * A DOUBLE constant that reads back as the same 64 bits: JavaScript prints the shortest digits
 * that round-trip, and the exponent keeps MaxCompute from reading a BIGINT or a DECIMAL.
 */
export function doubleLiteral(value: number): string {
  if (!Number.isFinite(value)) throw new SqlTextError(`${value} is no finite DOUBLE`);
  if (Object.is(value, -0)) return '-0.0E+0';
  const text = String(value);
  const [digits, exponent = '+0'] = text.split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent}`;
}

/** A BIGINT constant; only safe integers are taken, so that no digit is lost. */
export function bigintLiteral(value: number): string {
  if (!Number.isSafeInteger(value)) throw new SqlTextError(`${value} is no safe integer`);
  return String(value);
}

/** The PARTITION value of a run: `run_id='20250710_073527'` as a condition or partition spec. */
export function partitionOf(run: string): string {
  if (!runId.test(run)) throw new SqlTextError(`'${run}' is no partition value`);
  return `run_id=${stringLiteral(run)}`;
}
