/** How the process of the local cloud is started from the settings. */
import path from 'node:path';
import type { Settings } from '../config/settings';

/** Where the local cloud of a home keeps its state. */
export function cloudFolder(settings: Settings): string {
  return path.join(settings.home, 'cloud');
}

/** Arguments of `dist/emulator.js`; the ports follow each other from the configured one, 0 takes free ones. */
export function cloudArguments(settings: Settings): readonly string[] {
  const first = settings.ports.localCloud;
  const port = (offset: number) => String(first === 0 ? 0 : first + offset);
  return [
    ...['--folder', cloudFolder(settings)],
    ...['--region', settings.region],
    ...['--project', settings.maxcompute.project],
    ...['--bucket', settings.oss.bucket],
    ...['--maxcompute-port', port(0)],
    ...['--oss-port', port(1)],
    ...['--pai-port', port(2)],
    ...['--eas-port', port(3)],
  ];
}
