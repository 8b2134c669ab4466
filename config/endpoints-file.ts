import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const endpointsSchema = z.object({
  temporal: z.object({ address: z.string(), namespace: z.string(), ui: z.string().optional() }),
  gateway: z.object({ url: z.string() }).optional(),
  maxcompute: z.object({
    endpoint: z.string(),
    tunnelEndpoint: z.string().optional(),
    project: z.string(),
  }),
  oss: z.object({ endpoint: z.string(), bucket: z.string() }),
  pai: z.object({ endpoint: z.string() }),
  region: z.string(),
  accessKeyId: z.string(),
  accessKeySecret: z.string(),
  pids: z.record(z.string(), z.int()),
});

/** What a running local instance publishes: addresses, the local cloud's key pair, process ids. */
export type RunningEndpoints = z.output<typeof endpointsSchema>;

/** Path of the file in PAI_LOOP_HOME. */
export function endpointsPath(home: string): string {
  return path.join(home, 'endpoints.json');
}

/** Writes the file whole or not at all (rename), readable by its owner only. */
export async function writeEndpoints(input: {
  readonly home: string;
  readonly endpoints: RunningEndpoints;
}): Promise<void> {
  await mkdir(input.home, { recursive: true, mode: 0o700 });
  const target = endpointsPath(input.home);
  const temporary = `${target}.${randomBytes(6).toString('hex')}`;
  try {
    const text = `${JSON.stringify(endpointsSchema.parse(input.endpoints), null, 2)}\n`;
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await chmod(temporary, 0o600);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Reads the file; undefined when no instance runs from this home. Throws when it isn't ours. */
export async function readEndpoints(input: {
  readonly home: string;
}): Promise<RunningEndpoints | undefined> {
  const file = endpointsPath(input.home);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = endpointsSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const keys = parsed.error.issues.map((issue) => issue.path.join('.') || 'the file');
  throw new Error(`${file} is damaged (${keys.join(', ')}): stop pai-loop, delete it, start again`);
}

/** Removes the file: the last act of a clean stop. */
export async function removeEndpoints(input: { readonly home: string }): Promise<void> {
  await rm(endpointsPath(input.home), { force: true });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
