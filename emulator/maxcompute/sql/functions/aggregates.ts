import { quotientSql } from '../decimal-division';
import { semanticError } from '../errors';
import {
  arrayOf,
  BIGINT,
  BOOLEAN,
  DOUBLE,
  decimal,
  duckType,
  isInteger,
  isNumeric,
  type OdpsType,
  STRING,
} from '../types';
import {
  type AggregateCall,
  type AggregateFunction,
  type AggregateResult,
  constantInteger,
  doubleArgument,
  numberArgument,
  stringArgument,
  wrongType,
} from './entry';

const described = (
  name: string,
  syntax: string,
  meaning: string,
  count: readonly [number, number] = [1, 1],
  page = name.toLowerCase().replace(/_/g, '-'),
): Pick<AggregateFunction, 'kind' | 'name' | 'syntax' | 'meaning' | 'arguments' | 'page'> => ({
  kind: 'aggregate',
  name,
  syntax,
  meaning,
  arguments: count,
  page,
});

function count(call: AggregateCall): AggregateResult {
  if (call.star) return { type: BIGINT, parts: [], compose: (each) => each('count(*)') };
  const args = call.args.map((arg) => arg.sql);
  const known = args.map((arg) => `${arg} IS NOT NULL`).join(' AND ');
  const value = args.length === 1 ? args[0] : `CASE WHEN ${known} THEN ROW(${args.join(', ')}) END`;
  return {
    type: BIGINT,
    parts: call.args,
    compose: (each) => each(`count(${call.distinct}${value})`),
  };
}

/** Integers give BIGINT, DECIMAL(p,s) an exact DECIMAL(38,s), all else DOUBLE. */
function sum(call: AggregateCall): AggregateResult {
  const x = numberArgument(call, 0);
  if (!isNumeric(x.type)) throw wrongType(call, 0);
  const type = sumType(x.type);
  const text = type.kind === 'double' ? `CAST(${x.sql} AS DOUBLE)` : x.sql;
  return {
    type,
    parts: [x],
    compose: (each) => `CAST(${each(`sum(${call.distinct}${text})`)} AS ${duckType(type)})`,
  };
}

function sumType(type: OdpsType): OdpsType {
  if (isInteger(type)) return BIGINT;
  return type.kind === 'decimal' ? decimal(38, type.scale) : DOUBLE;
}

/** DECIMAL(p,s) gives DECIMAL(p+4,s+4), exactly; all else DOUBLE. */
function avg(call: AggregateCall): AggregateResult {
  const x = numberArgument(call, 0);
  if (!isNumeric(x.type)) throw wrongType(call, 0);
  if (x.type.kind !== 'decimal') {
    const text = `CAST(${x.sql} AS DOUBLE)`;
    return { type: DOUBLE, parts: [x], compose: (each) => each(`avg(${call.distinct}${text})`) };
  }
  const { precision, scale } = x.type;
  const type = decimal(Math.min(38, precision + 4), Math.min(18, scale + 4));
  return {
    type,
    parts: [x],
    compose: (each) =>
      quotientSql({
        left: { sql: each(`sum(${call.distinct}${x.sql})`), precision: 38, scale },
        right: { sql: each(`count(${call.distinct}${x.sql})`), precision: 19, scale: 0 },
        type,
      }),
  };
}

function extreme(name: 'MIN' | 'MAX'): AggregateFunction {
  return {
    ...described(name, `T ${name}(T value)`, `The ${name === 'MIN' ? 'least' : 'greatest'} value`),
    distinct: 'allowed',
    bind: (call) => {
      const [x] = call.args;
      if (['boolean', 'array', 'map', 'struct'].includes(x.type.kind)) throw wrongType(call, 0);
      return {
        type: x.type,
        parts: [x],
        compose: (each) => each(`${name.toLowerCase()}(${x.sql})`),
      };
    },
  };
}

/** DOUBLE statistics over one or two DOUBLE arguments. */
function statistic(name: string, duck: string, meaning: string, size = 1): AggregateFunction {
  const args = size === 1 ? 'DOUBLE value' : 'DOUBLE a, DOUBLE b';
  return {
    ...described(name, `DOUBLE ${name}(${args})`, meaning, [size, size]),
    distinct: size === 1 ? 'allowed' : 'refused',
    bind: (call) => {
      const values = call.args.map((_, index) => doubleArgument(call, index));
      const text = values.map((value) => value.sql).join(', ');
      return {
        type: DOUBLE,
        parts: values,
        compose: (each) => each(`${duck}(${call.distinct}${text})`),
      };
    },
  };
}

function median(call: AggregateCall): AggregateResult {
  const x = numberArgument(call, 0);
  const type = x.type.kind === 'decimal' ? x.type : DOUBLE;
  const text = `CAST(${x.sql} AS ${duckType(type)})`;
  return { type, parts: [x], compose: (each) => each(`quantile_cont(${text}, 0.5)`) };
}

/** A constant fraction of 0 to 1, or ARRAY of them, as DuckDB's text. */
function fractions(call: AggregateCall): { readonly sql: string; readonly type: OdpsType } {
  const value = call.args[1];
  if (typeof value.constant === 'number') {
    if (value.constant < 0 || value.constant > 1) {
      throw semanticError(value.at ?? call.at, 'a percentile must be within 0 and 1');
    }
    return { sql: String(value.constant), type: DOUBLE };
  }
  if (value.type.kind !== 'array')
    throw semanticError(value.at ?? call.at, 'a percentile must be constant');
  return { sql: value.sql, type: arrayOf(DOUBLE) };
}

function percentile(call: AggregateCall): AggregateResult {
  const [x] = call.args;
  if (!isInteger(x.type)) throw wrongType(call, 0);
  const { sql, type } = fractions(call);
  return {
    type,
    parts: [x],
    compose: (each) => each(`quantile_cont(CAST(${x.sql} AS DOUBLE), ${sql})`),
  };
}

function percentileApprox(call: AggregateCall): AggregateResult {
  if (call.args.length > 2) constantInteger(call, 2);
  const x = doubleArgument(call, 0);
  const { sql, type } = fractions(call);
  return { type, parts: [x], compose: (each) => each(`quantile_cont(${x.sql}, ${sql})`) };
}

function collect(name: 'COLLECT_LIST' | 'COLLECT_SET'): AggregateFunction {
  const distinct = name === 'COLLECT_SET' ? 'DISTINCT ' : '';
  return {
    ...described(name, `ARRAY<T> ${name}(T value)`, 'The values that are not NULL as an array'),
    distinct: 'refused',
    bind: (call) => {
      const [x] = call.args;
      const text = `list(${distinct}${x.sql}) FILTER (WHERE ${x.sql} IS NOT NULL)`;
      return {
        type: arrayOf(x.type),
        parts: [x],
        compose: (each) => `coalesce(${each(text)}, [])`,
      };
    },
  };
}

/** NULLs are left out; without WITHIN GROUP the order isn't defined. */
function wmConcat(call: AggregateCall): AggregateResult {
  const separator = call.args[0].constant;
  if (typeof separator !== 'string') {
    throw semanticError(call.at, 'the separator of WM_CONCAT must be a constant STRING');
  }
  const x = stringArgument(call, 1);
  const order = call.order ? ` ORDER BY ${call.order}` : '';
  return {
    type: STRING,
    parts: [x],
    compose: (each) =>
      each(`string_agg(${call.distinct}${x.sql}, '${separator.replace(/'/g, "''")}'${order})`),
  };
}

function by(
  name: string,
  duck: 'arg_max' | 'arg_min',
  order: 'value first' | 'key first',
): AggregateFunction {
  const syntax = order === 'value first' ? `T ${name}(T value, key)` : `T ${name}(key, T value)`;
  const meaning = `The value beside the ${duck === 'arg_max' ? 'greatest' : 'least'} key`;
  return {
    ...described(name, syntax, meaning, [2, 2]),
    distinct: 'refused',
    bind: (call) => {
      const [value, key] = order === 'value first' ? call.args : [call.args[1], call.args[0]];
      return {
        type: value.type,
        parts: call.args,
        compose: (each) => each(`${duck}_null(${value.sql}, ${key.sql})`),
      };
    },
  };
}

function bits(name: 'BITWISE_AND_AGG' | 'BITWISE_OR_AGG', duck: string): AggregateFunction {
  return {
    ...described(name, `BIGINT ${name}(BIGINT value)`, 'The bits of all values together'),
    distinct: 'refused',
    bind: (call) => {
      const [x] = call.args;
      if (!isInteger(x.type)) throw wrongType(call, 0);
      return {
        type: BIGINT,
        parts: [x],
        compose: (each) => each(`${duck}(CAST(${x.sql} AS BIGINT))`),
      };
    },
  };
}

function booleans(name: string, duck: string, meaning: string): AggregateFunction {
  return {
    ...described(name, `BOOLEAN ${name}(BOOLEAN value)`, meaning),
    distinct: 'refused',
    bind: (call) => {
      const [x] = call.args;
      if (x.type.kind !== 'boolean') throw wrongType(call, 0);
      return { type: BOOLEAN, parts: [x], compose: (each) => each(`${duck}(${x.sql})`) };
    },
  };
}

/** Aggregate functions. */
export const AGGREGATES: readonly AggregateFunction[] = [
  {
    ...described(
      'COUNT',
      'BIGINT COUNT([DISTINCT] value, …) | COUNT(*)',
      'Number of rows (without a NULL)',
      [1, 255],
    ),
    distinct: 'allowed',
    bind: count,
  },
  {
    ...described('SUM', 'DECIMAL|DOUBLE|BIGINT SUM([DISTINCT] value)', 'Sum of the values'),
    distinct: 'allowed',
    bind: sum,
  },
  {
    ...described('AVG', 'DECIMAL|DOUBLE AVG([DISTINCT] value)', 'Mean of the values'),
    distinct: 'allowed',
    bind: avg,
  },
  extreme('MIN'),
  extreme('MAX'),
  statistic('STDDEV', 'stddev_pop', 'Standard deviation of the population'),
  statistic('STDDEV_POP', 'stddev_pop', 'Standard deviation of the population'),
  statistic('STDDEV_SAMP', 'stddev_samp', 'Standard deviation of a sample'),
  statistic('VARIANCE', 'var_pop', 'Variance of the population'),
  statistic('VAR_POP', 'var_pop', 'Variance of the population'),
  statistic('VAR_SAMP', 'var_samp', 'Variance of a sample'),
  statistic('COVAR_POP', 'covar_pop', 'Covariance of the population', 2),
  statistic('COVAR_SAMP', 'covar_samp', 'Covariance of a sample', 2),
  statistic('CORR', 'corr', 'Pearson correlation', 2),
  {
    ...described('MEDIAN', 'DOUBLE|DECIMAL MEDIAN(value)', 'Median'),
    distinct: 'refused',
    bind: median,
  },
  {
    ...described(
      'PERCENTILE',
      'DOUBLE|ARRAY<DOUBLE> PERCENTILE(BIGINT value, p)',
      'Exact percentile of integers, interpolated',
      [2, 2],
    ),
    distinct: 'refused',
    bind: percentile,
  },
  {
    ...described(
      'PERCENTILE_APPROX',
      'DOUBLE|ARRAY<DOUBLE> PERCENTILE_APPROX(DOUBLE value, p [, B])',
      'Approximate percentile (here without error; there it depends on B)',
      [2, 3],
    ),
    distinct: 'refused',
    bind: percentileApprox,
  },
  collect('COLLECT_LIST'),
  collect('COLLECT_SET'),
  {
    ...described(
      'WM_CONCAT',
      'STRING WM_CONCAT(STRING separator, STRING value)',
      'Values one after another',
      [2, 2],
    ),
    distinct: 'allowed',
    bind: wmConcat,
  },
  by('MAX_BY', 'arg_max', 'value first'),
  by('MIN_BY', 'arg_min', 'value first'),
  by('ARG_MAX', 'arg_max', 'key first'),
  by('ARG_MIN', 'arg_min', 'key first'),
  {
    ...described('COUNT_IF', 'BIGINT COUNT_IF(BOOLEAN test)', 'Number of rows where it is true'),
    distinct: 'refused',
    bind: (call) => {
      const [x] = call.args;
      if (x.type.kind !== 'boolean') throw wrongType(call, 0);
      return {
        type: BIGINT,
        parts: [x],
        compose: (each) => each(`count(CASE WHEN ${x.sql} THEN 1 END)`),
      };
    },
  },
  bits('BITWISE_AND_AGG', 'bit_and'),
  bits('BITWISE_OR_AGG', 'bit_or'),
  booleans('BOOL_AND', 'bool_and', 'Whether all are true'),
  booleans('BOOL_OR', 'bool_or', 'Whether one is true'),
  {
    ...described('ANY_VALUE', 'T ANY_VALUE(T value)', 'Some value'),
    distinct: 'refused',
    bind: (call) => ({
      type: call.args[0].type,
      parts: call.args,
      compose: (each) => each(`any_value(${call.args[0].sql})`),
    }),
  },
  {
    ...described(
      'APPROX_DISTINCT',
      'BIGINT APPROX_DISTINCT(value)',
      'Number of different values (here exact)',
    ),
    distinct: 'refused',
    bind: (call) => ({
      type: BIGINT,
      parts: call.args,
      compose: (each) => each(`count(DISTINCT ${call.args[0].sql})`),
    }),
  },
  {
    ...described(
      'GROUPING',
      'BIGINT GROUPING(key)',
      '1 when the key is summed over in this grouping set',
    ),
    distinct: 'refused',
    bind: (call) => ({
      type: BIGINT,
      parts: call.args,
      compose: () => `CAST(GROUPING(${call.args[0].sql}) AS BIGINT)`,
    }),
  },
];
