import { spawn } from 'node:child_process';

/** One finished process: what it printed and its wall time in milliseconds, start-up included. */
export interface Finished {
  readonly stdout: string;
  readonly wallMs: number;
}

/** Runs a process to its end; throws with its standard error when it fails. */
export function runProcess(input: {
  readonly command: string;
  readonly args: readonly string[];
}): Promise<Finished> {
  const { command, args } = input;
  return new Promise((resolve, reject) => {
    const before = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const wallMs = performance.now() - before;
      if (code === 0) resolve({ stdout, wallMs });
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stderr}`));
    });
  });
}

/** The middle of some figures; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Lines of a table with its columns aligned; the first row is the header. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  const lines = rows.map((row) =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  '),
  );
  return [lines[0], widths.map((width) => '-'.repeat(width)).join('  '), ...lines.slice(1)].join(
    '\n',
  );
}
