import * as fc from 'fast-check';
import { OdpsError } from './errors';
import { splitScript } from './parse-statement';
import { tokenize } from './tokens';

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

test('any text survives quoting', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      // A backslash before % or _ is LIKE's own and stays.
      fc.pre(!/\\[%_]/.test(text));
      const [token, end] = tokenize(quoted(text));
      expect([token.kind, token.value, end.kind]).toEqual(['string', text, 'end']);
    }),
  );
});

test('any text is tokens or a parse exception, never another error', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        const tokens = tokenize(text);
        for (const token of tokens) expect(text.slice(token.start, token.end)).toBe(token.text);
      } catch (error) {
        expect(error).toBeInstanceOf(OdpsError);
        expect((error as OdpsError).code).toBe('ODPS-0130161');
      }
    }),
  );
});

test('places count from 1, by line and column', () => {
  const tokens = tokenize("a 'x\ny'\n  b -- c\n/* d\n */ e");
  expect(tokens.map(({ text, line, column }) => [text, line, column])).toEqual([
    ['a', 1, 1],
    ["'x\ny'", 1, 3],
    ['b', 3, 3],
    ['e', 5, 5],
    ['', 5, 6],
  ]);
});

test('escapes', () => {
  const [token] = tokenize("'\\n\\t\\\\\\'\\\"\\u0041\\101\\%'");
  expect(token.value).toBe('\n\t\\\'"AA\\%');
});

test('a semicolon in a text or comment does not end a statement', () => {
  const statements = splitScript('SET a=b; ; SELECT \';\' -- ;\n, "x;"; ');
  expect(statements.map((tokens) => tokens.map((token) => token.text).join(' '))).toEqual([
    'SET a = b ',
    'SELECT \';\' , "x;" ',
  ]);
});
