import fc from 'fast-check';
import { tokenize } from '../emulator/maxcompute/sql/tokens';
import {
  bigintLiteral,
  doubleLiteral,
  identifier,
  partitionOf,
  SqlTextError,
  stringLiteral,
} from './literal';

describe('a string constant', () => {
  it('reads back as the same text, one token, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!text.includes('\0'));
        const tokens = tokenize(stringLiteral(text));
        expect(tokens.map(({ kind, value }) => [kind, value])).toEqual([
          ['string', text],
          ['end', ''],
        ]);
      }),
      { numRuns: 500 },
    );
  });

  it('reads back when it is made of what has to be escaped', () => {
    const nasty = fc.string({
      unit: fc.constantFrom(
        "'",
        '"',
        '\\',
        ';',
        '\n',
        '\r',
        '\t',
        '\b',
        '\u001a',
        '-',
        '0',
        'n',
        'x',
      ),
    });
    fc.assert(
      fc.property(nasty, (text) => {
        expect(tokenize(stringLiteral(text))[0].value).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('holds no statement separator and no line break of its own', () => {
    expect(stringLiteral("';DROP TABLE a;\n--")).toBe("'\\'\\;DROP TABLE a\\;\\n--'");
  });

  it('refuses NUL, which would end it', () => {
    expect(() => stringLiteral('a\0b')).toThrow(SqlTextError);
  });
});

describe('a name', () => {
  it('stands between backquotes or is refused, never escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        let text: string;
        try {
          text = identifier(name);
        } catch (error) {
          expect(error).toBeInstanceOf(SqlTextError);
          return;
        }
        expect(text).toMatch(/^`[A-Za-z_][A-Za-z0-9_]*`$/);
      }),
    );
  });

  it.each(['', '1a', 'a b', 'a`b', 'a.b', 'é', 'a'.repeat(129)])('is not %p', (name) => {
    expect(() => identifier(name)).toThrow(SqlTextError);
  });
});

describe('a DOUBLE constant', () => {
  it('reads back as the same 64 bits and cannot be taken for a BIGINT or a DECIMAL', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = doubleLiteral(value);
        expect(Object.is(Number(text), value)).toBe(true);
        expect(text).toMatch(/^-?\d+\.\d+E[+-]\d+$/);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('is not %p', (value) => {
    expect(() => doubleLiteral(value)).toThrow(SqlTextError);
  });
});

it('takes only whole numbers that lose no digit for a BIGINT constant', () => {
  expect(bigintLiteral(-42)).toBe('-42');
  expect(() => bigintLiteral(2 ** 53)).toThrow(SqlTextError);
  expect(() => bigintLiteral(1.5)).toThrow(SqlTextError);
});

it('takes a run_id for a partition and nothing that would end it', () => {
  expect(partitionOf('20250710_073527')).toBe("run_id='20250710_073527'");
  expect(() => partitionOf("x',y='z")).toThrow(SqlTextError);
});
