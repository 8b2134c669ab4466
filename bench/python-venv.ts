import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runProcess } from './measure';

/**
 * Path of a Python with the packages of a requirements file, in a virtual environment below the user's
 * cache folder that is made once for each content of the file. Throws when python3 or pip fails.
 */
export async function pythonWith(input: { readonly requirements: string }): Promise<string> {
  const text = fs.readFileSync(input.requirements);
  const name = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  const folder = path.join(cache, 'pai-loop', `bench-python-${name}`);
  const python = path.join(folder, 'bin', 'python');
  const ready = path.join(folder, 'ready');
  if (fs.existsSync(ready)) return python;
  process.stderr.write(`making a Python environment for the peer in ${folder}\n`);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  await runProcess({ command: 'python3', args: ['-m', 'venv', folder] });
  const install = ['-m', 'pip', 'install', '--quiet', '--requirement', input.requirements];
  await runProcess({ command: python, args: install });
  fs.writeFileSync(ready, '');
  return python;
}
