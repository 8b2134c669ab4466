import { type Position, parseError } from './errors';

/** One token; `text` is as written, `value` the string's or quoted identifier's meaning. */
export interface Token extends Position {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'op' | 'hint' | 'end';
  readonly text: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const OPERATORS = ['<=>', '->', '<>', '!=', '>=', '<=', '==', '||', ':='];
const SINGLE = '+-*/%=<>(),.;[]{}&|^~:!@?$';
const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  r: '\r',
  Z: '\x1a',
  '0': '\0',
};

/** Cuts MaxCompute SQL into tokens (comments dropped, `/*+ hints *​/` kept), ends with `end`. */
export function tokenize(sql: string): readonly Token[] {
  return new Lexer(sql).run();
}

class Lexer {
  private at = 0;
  private line = 1;
  private lineStart = 0;
  private readonly tokens: Token[] = [];

  constructor(private readonly sql: string) {}

  run(): readonly Token[] {
    for (;;) {
      this.skipBlanks();
      if (this.at >= this.sql.length) break;
      this.append(this.next());
    }
    this.tokens.push(this.make({ kind: 'end', start: this.at, value: '' }));
    return this.tokens;
  }

  /** Strings side by side are one string. */
  private append(token: Token): void {
    const last = this.tokens.at(-1);
    if (token.kind !== 'string' || last?.kind !== 'string') this.tokens.push(token);
    else {
      const text = this.sql.slice(last.start, token.end);
      this.tokens[this.tokens.length - 1] = {
        ...last,
        text,
        value: last.value + token.value,
        end: token.end,
      };
    }
  }

  private position(): Position {
    return { line: this.line, column: this.at - this.lineStart + 1 };
  }

  private make({
    kind,
    start,
    value,
    at,
  }: {
    readonly kind: Token['kind'];
    readonly start: number;
    readonly value?: string;
    readonly at?: Position;
  }): Token {
    const text = this.sql.slice(start, this.at);
    const position = at ?? { line: this.line, column: start - this.lineStart + 1 };
    return { kind, text, value: value ?? text, start, end: this.at, ...position };
  }

  private advance(): void {
    if (this.sql[this.at] === '\n') {
      this.line += 1;
      this.lineStart = this.at + 1;
    }
    this.at += 1;
  }

  private skipBlanks(): void {
    for (;;) {
      const rest = this.sql.slice(this.at, this.at + 3);
      if (/^\s/.test(rest)) this.advance();
      else if (rest.startsWith('--')) {
        while (this.at < this.sql.length && this.sql[this.at] !== '\n') this.at += 1;
      } else if (rest.startsWith('/*') && rest !== '/*+') this.blockComment();
      else return;
    }
  }

  private blockComment(): void {
    const from = this.position();
    const close = this.sql.indexOf('*/', this.at + 2);
    if (close < 0) throw parseError(from, 'comment is not closed');
    while (this.at < close + 2) this.advance();
  }

  private next(): Token {
    const start = this.at;
    const char = this.sql[start];
    const rest = this.sql.slice(start, start + 3);
    if (rest === '/*+') {
      const at = this.position();
      this.blockComment();
      return this.make({ kind: 'hint', start, at });
    }
    if (char === "'" || char === '"') return this.string(char);
    if (char === '`') return this.quoted();
    if (/[0-9]/.test(char) || (char === '.' && /[0-9]/.test(rest[1] ?? ''))) return this.number();
    if (/[A-Za-z_\u0080-\uffff]/.test(char)) {
      while (/[A-Za-z0-9_\u0080-\uffff]/.test(this.sql[this.at] ?? '')) this.at += 1;
      return this.make({ kind: 'word', start });
    }
    return this.operator();
  }

  private operator(): Token {
    const start = this.at;
    const long = OPERATORS.find((operator) => this.sql.startsWith(operator, start));
    if (!long && !SINGLE.includes(this.sql[start])) {
      throw parseError(this.position(), `invalid token '${this.sql[start]}'`);
    }
    this.at += long?.length ?? 1;
    return this.make({ kind: 'op', start });
  }

  private string(quote: string): Token {
    const start = this.at;
    const from = this.position();
    let value = '';
    this.at += 1;
    while (this.sql[this.at] !== quote) {
      if (this.at >= this.sql.length) throw parseError(from, 'string is not closed');
      value += this.sql[this.at] === '\\' ? this.escape() : this.plain();
    }
    this.at += 1;
    return this.make({ kind: 'string', start, value, at: from });
  }

  private plain(): string {
    const char = this.sql[this.at];
    this.advance();
    return char;
  }

  /** `\%` and `\_` keep their backslash: they belong to LIKE. */
  private escape(): string {
    this.at += 1;
    const octal = /^[0-3][0-7]{2}/.exec(this.sql.slice(this.at, this.at + 3));
    if (octal) {
      this.at += 3;
      return String.fromCharCode(Number.parseInt(octal[0], 8));
    }
    const unicode = /^u([0-9a-fA-F]{4})/.exec(this.sql.slice(this.at, this.at + 5));
    if (unicode) {
      this.at += 5;
      return String.fromCharCode(Number.parseInt(unicode[1], 16));
    }
    const char = this.sql[this.at] ?? '';
    this.advance();
    if (char === '%' || char === '_') return `\\${char}`;
    return ESCAPES[char] ?? char;
  }

  private quoted(): Token {
    const start = this.at;
    const from = this.position();
    const pattern = /`((?:[^`]|``)+)`/y;
    pattern.lastIndex = start;
    const match = pattern.exec(this.sql);
    if (!match) throw parseError(from, 'quoted identifier is not closed');
    while (this.at < pattern.lastIndex) this.advance();
    return this.make({ kind: 'quoted', start, value: match[1].replace(/``/g, '`'), at: from });
  }

  private number(): Token {
    const start = this.at;
    const pattern = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?:BD|[LSYFD])?/iy;
    pattern.lastIndex = start;
    pattern.exec(this.sql);
    this.at = pattern.lastIndex;
    if (/[A-Za-z0-9_]/.test(this.sql[this.at] ?? '')) {
      while (/[A-Za-z0-9_]/.test(this.sql[this.at] ?? '')) this.at += 1;
      const token = this.make({ kind: 'word', start });
      throw parseError(token, `invalid token '${token.text}'`);
    }
    return this.make({ kind: 'number', start });
  }
}
