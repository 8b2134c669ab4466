import { parseError } from './errors';
import type { Token } from './tokens';
import { arrayOf, decimal, mapOf, NAMED_TYPES, type OdpsType } from './types';

/** Reads tokens one after another; what isn't there is MaxCompute's parse exception. */
export class TokenReader {
  private index = 0;

  constructor(readonly tokens: readonly Token[]) {}

  get current(): Token {
    return this.tokens[Math.min(this.index, this.tokens.length - 1)];
  }

  get position(): number {
    return this.index;
  }

  peek(ahead = 1): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)];
  }

  /** The tokens that were not read yet, with the end. */
  rest(): readonly Token[] {
    return this.tokens.slice(this.index);
  }

  next(): Token {
    const token = this.current;
    this.index += 1;
    return token;
  }

  atEnd(): boolean {
    return this.current.kind === 'end';
  }

  is(...words: readonly string[]): boolean {
    return words.every((word, ahead) => isWord(this.peek(ahead), word));
  }

  isOp(op: string): boolean {
    return this.current.kind === 'op' && this.current.text === op;
  }

  /** Reads the words when they are next, else reads nothing. */
  take(...words: readonly string[]): boolean {
    if (!this.is(...words)) return false;
    this.index += words.length;
    return true;
  }

  takeOp(op: string): boolean {
    if (!this.isOp(op)) return false;
    this.index += 1;
    return true;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.take(word)) throw this.wrong(`'${word}'`);
  }

  expectOp(op: string): void {
    if (!this.takeOp(op)) throw this.wrong(`'${op}'`);
  }

  expectEnd(): void {
    if (!this.atEnd()) throw this.wrong('end of statement');
  }

  /** Names are case-insensitive and kept in lower case. */
  identifier(): string {
    const token = this.next();
    if (token.kind !== 'word' && token.kind !== 'quoted') throw invalid(token, 'an identifier');
    return token.value.toLowerCase();
  }

  string(): string {
    const token = this.next();
    if (token.kind !== 'string') throw invalid(token, 'a string');
    return token.value;
  }

  integer(): number {
    const token = this.next();
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw invalid(token, 'an integer');
    return Number(token.text);
  }

  wrong(expected: string): Error {
    return invalid(this.current, expected);
  }

  /** A comma separated list in parentheses. */
  list<T>(item: () => T): readonly T[] {
    this.expectOp('(');
    const items: T[] = [];
    do items.push(item());
    while (this.takeOp(','));
    this.expectOp(')');
    return items;
  }

  /** A data type: `BIGINT`, `DECIMAL(18,8)`, `MAP<STRING,ARRAY<BIGINT>>`. */
  type(): OdpsType {
    const token = this.next();
    const name = token.text.toUpperCase();
    if (name === 'DECIMAL') return this.decimalType(token);
    if (name === 'VARCHAR' || name === 'CHAR') return this.lengthType(token);
    if (name === 'ARRAY') return this.angle(() => arrayOf(this.type()));
    if (name === 'MAP') return this.angle(() => mapOf(this.type(), this.afterComma()));
    if (name === 'STRUCT') return this.angle(() => this.structType());
    const named = NAMED_TYPES[name];
    if (!named) throw invalid(token, 'a data type');
    return named;
  }

  private angle(inside: () => OdpsType): OdpsType {
    this.expectOp('<');
    const type = inside();
    this.expectOp('>');
    return type;
  }

  private afterComma(): OdpsType {
    this.expectOp(',');
    return this.type();
  }

  private structType(): OdpsType {
    const fields: { readonly name: string; readonly type: OdpsType }[] = [];
    do {
      const name = this.identifier();
      this.expectOp(':');
      fields.push({ name, type: this.type() });
    } while (this.takeOp(','));
    return { kind: 'struct', fields };
  }

  /** DECIMAL alone is DECIMAL(38,18). */
  private decimalType(at: Token): OdpsType {
    if (!this.isOp('(')) return decimal(38, 18);
    const [precision, scale = 0, ...more] = this.list(() => this.integer());
    const bad = precision < 1 || precision > 38 || scale > 18 || scale > precision;
    if (bad || more.length > 0) throw invalid(at, 'DECIMAL(1..38, 0..18)');
    return decimal(precision, scale);
  }

  private lengthType(at: Token): OdpsType {
    const kind = at.text.toLowerCase() === 'char' ? 'char' : 'varchar';
    const [length] = this.list(() => this.integer());
    if (length < 1 || length > (kind === 'char' ? 255 : 65535)) throw invalid(at, 'a length');
    return { kind, length };
  }
}

/** Whether the token is this keyword, unquoted, in any case. */
export function isWord(token: Token, word: string): boolean {
  return token.kind === 'word' && token.text.toUpperCase() === word.toUpperCase();
}

function invalid(token: Token, expected: string): Error {
  const seen = token.kind === 'end' ? 'end of statement' : `token '${token.text}'`;
  return parseError(token, `invalid ${seen}, expect ${expected}`);
}
