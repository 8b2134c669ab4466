import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { LoggedRequest } from '../../emulator/control/request-log';
import { type LocalCloudAddresses, startLocalCloud } from '../../emulator/local-cloud';
import type { Check } from './check';
import { exercised, keepResult } from './results';
import { officialPython } from './venv';

/** A suite: a program that drives an official client against the local cloud in `PAI_LOOP_CLOUD`. */
export interface Suite {
  /** Names the results file. */
  readonly name: string;
  /** The client's name in docs/emulator.md; the suite's by default. */
  readonly client?: string;
  /** Runs in the official clients' Python; relative to `tests/official/python`. */
  readonly script?: string;
  /** Instead of a script: a program of another language. */
  readonly command?: string;
  readonly args?: readonly string[];
  readonly timeoutMs?: number;
}

const FREE_PORTS = { maxcompute: 0, oss: 0, pai: 0, eas: 0 };
const TIMEOUT_MS = 240_000;

/**
 * Starts a local cloud of its own, runs the suite's program against it, and gives what was checked. When all is
 * well, the operations that the client called are kept in `results/`.
 */
export async function runSuite(suite: Suite): Promise<readonly Check[]> {
  const home = await mkdtemp(path.join(os.tmpdir(), `official-${suite.name}-`));
  try {
    const { close, ...addresses } = await startLocalCloud({
      folder: path.join(home, 'cloud'),
      ports: FREE_PORTS,
      project: 'official',
      bucket: 'official',
      region: 'cn-hangzhou',
      control: true,
    });
    try {
      const checks = await checksOf({ suite, addresses, home });
      if (checks.some(({ ok }) => !ok)) return checks;
      const operations = exercised(await requestsOf(addresses));
      const result = { client: suite.client ?? suite.name, operations };
      return [...checks, ...keepResult({ suite: suite.name, result })];
    } finally {
      await close();
    }
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function requestsOf({ control }: LocalCloudAddresses): Promise<readonly LoggedRequest[]> {
  const answer = await fetch(`${control?.url}/requests`);
  const { requests } = (await answer.json()) as { readonly requests: readonly LoggedRequest[] };
  return requests;
}

function programOf(suite: Suite): readonly [string, ...string[]] {
  const args = suite.args ?? [];
  if (suite.command !== undefined) return [suite.command, ...args];
  if (suite.script === undefined) throw new Error(`${suite.name}: neither a script nor a command`);
  const found = officialPython();
  if ('reason' in found) throw new Error(found.reason);
  return [found.python, path.resolve(__dirname, 'python', suite.script), ...args];
}

async function checksOf(run: {
  readonly suite: Suite;
  readonly addresses: LocalCloudAddresses;
  readonly home: string;
}): Promise<readonly Check[]> {
  const { suite, addresses, home } = run;
  const [command, ...args] = programOf(suite);
  const child = spawn(command, args, {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment({ addresses, home }),
    timeout: suite.timeoutMs ?? TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const checks: Check[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (line.startsWith('{"check"')) checks.push(JSON.parse(line) as Check);
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said = (said + text).slice(-4_000);
  });
  const end = await new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `${code ?? signal}`));
  });
  if (end !== undefined) {
    checks.push({ check: 'the program ends well', ok: false, detail: `${end}\n${said}` });
  }
  if (checks.length === 0) checks.push({ check: 'something is checked', ok: false, detail: said });
  return checks;
}

/** Nothing of the user's own account or proxies reaches the clients. */
function environment(run: {
  readonly addresses: LocalCloudAddresses;
  readonly home: string;
}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(ALIBABA_CLOUD|ALICLOUD|ODPS|OSS|PAI)_|proxy$/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    HOME: run.home,
    PAI_LOOP_CLOUD: JSON.stringify(run.addresses),
    PAI_NETWORK_TYPE: 'PUBLIC',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONPATH: path.join(__dirname, 'python'),
  };
}
