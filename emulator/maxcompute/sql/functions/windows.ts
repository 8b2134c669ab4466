import type { Bound } from '../bound';
import { implicitCast } from '../coerce';
import { BIGINT, DOUBLE, duckType } from '../types';
import { type Call, constantInteger, type WindowFunction, wrongType } from './entry';

function ranking(name: string, duck: string, meaning: string): WindowFunction {
  return {
    kind: 'window',
    needsOrder: true,
    name,
    arguments: [0, 0],
    syntax: `BIGINT ${name}() OVER (… ORDER BY …)`,
    meaning,
    page: name.toLowerCase().replace('_', '-'),
    bind: () => ({
      type: BIGINT,
      parts: [],
      compose: (each) => `CAST(${each(`${duck}()`)} AS BIGINT)`,
    }),
  };
}

function share(name: string, duck: string, meaning: string): WindowFunction {
  return {
    ...ranking(name, duck, meaning),
    syntax: `DOUBLE ${name}() OVER (… ORDER BY …)`,
    bind: () => ({ type: DOUBLE, parts: [], compose: (each) => each(`${duck}()`) }),
  };
}

function neighbour(name: 'LAG' | 'LEAD'): WindowFunction {
  return {
    kind: 'window',
    needsOrder: true,
    name,
    arguments: [1, 3],
    syntax: `T ${name}(T value [, BIGINT offset [, T default]]) OVER (… ORDER BY …)`,
    meaning: `The value of a row ${name === 'LAG' ? 'before' : 'after'}`,
    page: name.toLowerCase(),
    bind: (call) => {
      const [value] = call.args;
      const offset = call.args.length > 1 ? constantInteger(call, 1) : 1;
      const extra = call.args.length > 2 ? `, ${defaultOf(call).sql}` : '';
      return {
        type: value.type,
        parts: call.args,
        compose: (each) => each(`${name.toLowerCase()}(${value.sql}, ${offset}${extra})`),
      };
    },
  };
}

function defaultOf(call: Call): Bound {
  const [value, , byDefault] = call.args;
  return implicitCast({
    value: byDefault,
    type: value.type,
    session: call.session,
    what: `function ${call.name}`,
  });
}

function edge(name: 'FIRST_VALUE' | 'LAST_VALUE'): WindowFunction {
  return {
    kind: 'window',
    needsOrder: false,
    name,
    arguments: [1, 2],
    syntax: `T ${name}(T value [, BOOLEAN ignore_nulls]) OVER (…)`,
    meaning: `The ${name === 'FIRST_VALUE' ? 'first' : 'last'} value of the frame`,
    page: name.toLowerCase().replace('_', '-'),
    bind: (call) => {
      const [value, ignore] = call.args;
      if (ignore && typeof ignore.constant !== 'boolean') throw wrongType(call, 1);
      const nulls = ignore?.constant === true ? ' IGNORE NULLS' : '';
      return {
        type: value.type,
        parts: call.args,
        compose: (each) => each(`${name.toLowerCase()}(${value.sql}${nulls})`),
      };
    },
  };
}

/** Functions that exist with OVER only. */
export const WINDOWS: readonly WindowFunction[] = [
  ranking('ROW_NUMBER', 'row_number', 'Number of the row, from 1'),
  ranking('RANK', 'rank', 'Rank with gaps'),
  ranking('DENSE_RANK', 'dense_rank', 'Rank without gaps'),
  share('PERCENT_RANK', 'percent_rank', '(rank - 1) / (rows - 1)'),
  share('CUME_DIST', 'cume_dist', 'Share of rows up to this one'),
  neighbour('LAG'),
  neighbour('LEAD'),
  edge('FIRST_VALUE'),
  edge('LAST_VALUE'),
  {
    kind: 'window',
    needsOrder: true,
    name: 'NTILE',
    arguments: [1, 1],
    syntax: 'BIGINT NTILE(BIGINT n) OVER (… ORDER BY …)',
    meaning: 'Number of the row’s part of n equal parts',
    page: 'ntile',
    bind: (call) => ({
      type: BIGINT,
      parts: call.args,
      compose: (each) =>
        `CAST(${each(`ntile(CAST(${constantInteger(call, 0)} AS ${duckType(BIGINT)}))`)} AS BIGINT)`,
    }),
  },
  {
    kind: 'window',
    needsOrder: false,
    name: 'NTH_VALUE',
    arguments: [2, 2],
    syntax: 'T NTH_VALUE(T value, BIGINT n) OVER (…)',
    meaning: 'The nth value of the frame',
    page: 'nth-value',
    bind: (call) => ({
      type: call.args[0].type,
      parts: call.args,
      compose: (each) => each(`nth_value(${call.args[0].sql}, ${constantInteger(call, 1)})`),
    }),
  },
];
