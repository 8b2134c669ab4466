import path from 'node:path';

/**
 * The environment of a local "container": where programs are found and its own home and temporary
 * folder. Nothing else of this process's environment goes in, above all no key.
 */
export function instanceEnvironment(options: {
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
}): Record<string, string> {
  const home = path.join(options.folder, 'home');
  return {
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? '/usr/bin:/bin'}`,
    LANG: 'C.UTF-8',
    USER: process.env['USER'] ?? 'root',
    SHELL: '/bin/bash',
    HOME: home,
    TMPDIR: path.join(options.folder, 'tmp'),
    ...options.variables,
  };
}
