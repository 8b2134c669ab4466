import type { LoadedSettings } from './load-settings';
import { shownValue } from './secrets';
import type { Origin } from './settings';

/** One value of the settings as `pai-loop config explain` shows it; secrets are masked. */
export interface ExplainedValue {
  readonly key: string;
  readonly value: string;
  readonly origin: string;
}

/** Every value of the settings with its origin in words, in the order of the keys. */
export function explainSettings(loaded: LoadedSettings): readonly ExplainedValue[] {
  return Object.keys(loaded.origins)
    .sort()
    .map((key) => ({
      key,
      value: shownValue({ key, value: valueAt(loaded.settings, key) }),
      origin: describeOrigin(loaded.origins[key]),
    }));
}

/** The explanation as lines of three aligned columns. */
export function formatExplanation(values: readonly ExplainedValue[]): string {
  const width = (field: 'key' | 'value') => Math.max(0, ...values.map((row) => row[field].length));
  const [keyWidth, valueWidth] = [width('key'), width('value')];
  return values
    .map(
      ({ key, value, origin }) => `${key.padEnd(keyWidth)}  ${value.padEnd(valueWidth)}  ${origin}`,
    )
    .join('\n');
}

function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
    case 'local-file':
      return `${origin.file}: ${origin.key}`;
    case 'variable':
      return `environment variable ${origin.variable}`;
    case 'derived':
      return `follows from ${origin.from}`;
    case 'default':
      return 'default';
  }
}

function valueAt(value: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], value);
}
