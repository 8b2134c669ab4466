import { doubleLiteral, identifier } from './literal';

/**
 * CTEs that work out exact quartiles of a DOUBLE column: rows are ranked and the two neighbours of
 * each quartile are interpolated linearly, with NumPy's formula (from the upper neighbour when the
 * fraction is a half or more), so that the same 64 bits come out. NULLs are left out.
 *
 * `name` is the last CTE; it has one row: total, minimum, q1, median, q3, maximum.
 */
export function quartileCtes({
  name,
  source,
  column,
}: {
  readonly name: string;
  readonly source: string;
  readonly column: string;
}): string {
  const value = identifier(column);
  const cuts = [
    { part: 'q1', share: 0.25 },
    { part: 'median', share: 0.5 },
    { part: 'q3', share: 0.75 },
  ];
  const neighbours = cuts.flatMap(({ part, share }) => {
    const position = `(\`total\` - 1) * ${doubleLiteral(share)}`;
    return [
      `MAX(CASE WHEN \`place\` = FLOOR(${position}) THEN \`value\` END) AS \`${part}_below\``,
      `MAX(CASE WHEN \`place\` = CEIL(${position}) THEN \`value\` END) AS \`${part}_above\``,
      `MAX(${position} - FLOOR(${position})) AS \`${part}_part\``,
    ];
  });
  return `${name}_ranked AS (
  SELECT
    ${value} AS \`value\`,
    ROW_NUMBER() OVER (ORDER BY ${value}) - 1 AS \`place\`,
    COUNT(*) OVER () AS \`total\`
  FROM ${source}
  WHERE ${value} IS NOT NULL
),
${name}_neighbours AS (
  SELECT
    MAX(\`total\`) AS \`total\`,
    MIN(\`value\`) AS \`minimum\`,
    MAX(\`value\`) AS \`maximum\`,
    ${neighbours.join(',\n    ')}
  FROM ${name}_ranked
),
${name} AS (
  SELECT
    \`total\`,
    \`minimum\`,
    \`maximum\`,
    ${cuts.map(({ part }) => `${interpolated(part)} AS \`${part}\``).join(',\n    ')}
  FROM ${name}_neighbours
)`;
}

function interpolated(part: string): string {
  const [below, above, share] = ['below', 'above', 'part'].map((word) => `\`${part}_${word}\``);
  const width = `(${above} - ${below})`;
  return (
    `CASE WHEN ${share} < 0.5E+0 THEN ${below} + ${width} * ${share}` +
    ` ELSE ${above} - ${width} * (1.0E+0 - ${share}) END`
  );
}
