/** Code sync: which commit runs, and the programs of that commit in OSS under their own hash. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { heartbeat } from '@temporalio/activity';
import { simpleGit } from 'simple-git';
import { type ActivityDeps, objectKeys, type RunRef } from './context';
import { failure } from './failure';

/** A program in OSS, addressed by its SHA-256. */
export interface Program {
  readonly sha256: string;
  readonly key: string;
}

/** What a run's code is: enough to say later which code made a model, and whether it can be had again. */
export interface CodeVersion {
  readonly commit?: string;
  readonly branch?: string;
  readonly dirty: boolean;
  readonly lockSha256: string;
  readonly canReproduce: boolean;
  /** Why not, where it can't. */
  readonly reason?: string;
  readonly training: Program;
  readonly serving: Program;
  readonly runtime: Program & { readonly version: string };
}

/** Records the code version and uploads its programs; an object that is there already is left alone. */
export function createSyncCode(deps: ActivityDeps) {
  const keys = objectKeys(deps);
  return async (_run: RunRef): Promise<CodeVersion> => {
    const git = await gitVersion(deps.root);
    const nodePath = deps.settings.runtime.nodePath ?? process.execPath;
    const training = await upload({
      deps,
      file: path.join(deps.root, 'dist', 'training.js'),
      keyOf: (sha256) => keys.bundle(sha256, 'training.js'),
    });
    const serving = await upload({
      deps,
      file: path.join(deps.root, 'dist', 'serving.js'),
      keyOf: (sha256) => keys.bundle(sha256, 'serving.js'),
    });
    const runtime = await upload({ deps, file: nodePath, keyOf: keys.runtime });
    return {
      ...git,
      lockSha256: await sha256Of(path.join(deps.root, 'package-lock.json')),
      training,
      serving,
      runtime: { ...runtime, version: process.version },
    };
  };
}

async function gitVersion(
  root: string,
): Promise<Pick<CodeVersion, 'commit' | 'branch' | 'dirty' | 'canReproduce' | 'reason'>> {
  // The checkout's own repository only: a parent folder's would name somebody else's commit.
  if (!existsSync(path.join(root, '.git'))) {
    const reason = 'the code is not a Git checkout, so no commit names it';
    return { dirty: false, canReproduce: false, reason };
  }
  const git = simpleGit(root);
  const commit = (await git.revparse(['HEAD'])).trim();
  const branch = (await git.revparse(['--abbrev-ref', 'HEAD'])).trim();
  const dirty = !(await git.status()).isClean();
  if (!dirty) return { commit, branch, dirty, canReproduce: true };
  const reason = 'the work tree had changes that no commit holds';
  return { commit, branch, dirty, canReproduce: false, reason };
}

async function upload(input: {
  readonly deps: ActivityDeps;
  readonly file: string;
  readonly keyOf: (sha256: string) => string;
}): Promise<Program> {
  const { deps, file, keyOf } = input;
  if (!existsSync(file)) {
    throw failure('ConfigInvalid', `${path.basename(file)} is missing: run "npm run build" first`);
  }
  heartbeat({ file: path.basename(file) });
  const sha256 = await sha256Of(file);
  const key = keyOf(sha256);
  if (!(await deps.objects.head({ key }))) await deps.objects.put({ key, body: { file } });
  return { sha256, key };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
