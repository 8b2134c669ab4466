import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** One line of a log with the latest moment at which it was surely there (milliseconds since 1970). */
export interface LogLine {
  readonly text: string;
  readonly at: number;
  /** Where in the file it begins. */
  readonly offset: number;
}

interface Mark {
  readonly bytes: number;
  readonly at: number;
}

/** At most this much of the end of a file is read: a log call answers at once, whatever was written. */
const READ_BYTES = 4 * 1024 * 1024;
const MARKS = 5_000;

/**
 * A log that a child process writes itself. Lines carry no time of their own, so the size is noted
 * regularly (`observe`): a line's time is that of the first note that includes it.
 */
export class LogFile {
  private marks: Mark[] = [];

  constructor(readonly file: string) {}

  /** Notes how much has been written by now. */
  observe(at: number): void {
    const bytes = this.size();
    if (bytes === (this.marks.at(-1)?.bytes ?? 0)) return;
    this.marks.push({ bytes, at });
    // Thinned out rather than cut: old lines keep a time, only a coarser one.
    if (this.marks.length > MARKS)
      this.marks = this.marks.filter((_mark, index) => index % 2 === 1);
  }

  /** The last lines (of the last 4 MiB). A file that was never observed is as old as its last change. */
  read(now: number): LogLine[] {
    this.observe(this.marks.length === 0 ? (this.changedAt() ?? now) : now);
    const { text, start } = this.tail();
    if (text.length === 0) return [];
    const lines: LogLine[] = [];
    let offset = start;
    for (const line of text.toString('utf8').split('\n')) {
      const next = offset + Buffer.byteLength(line) + 1;
      if (line !== '') lines.push({ text: line, at: this.timeOf(next - 1, now), offset });
      offset = next;
    }
    // The first line of a cut file is a piece of one.
    return start > 0 ? lines.slice(1) : lines;
  }

  private timeOf(bytes: number, now: number): number {
    let low = 0;
    let high = this.marks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.marks[middle].bytes < bytes) low = middle + 1;
      else high = middle;
    }
    return this.marks[low]?.at ?? now;
  }

  /** Bytes that have been written by now. */
  size(): number {
    try {
      return statSync(this.file).size;
    } catch {
      return 0;
    }
  }

  private changedAt(): number | undefined {
    try {
      return statSync(this.file).mtimeMs;
    } catch {
      return undefined;
    }
  }

  private tail(): { readonly text: Buffer; readonly start: number } {
    let handle: number;
    try {
      handle = openSync(this.file, 'r');
    } catch {
      return { text: Buffer.alloc(0), start: 0 };
    }
    try {
      const { size } = fstatSync(handle);
      const start = Math.max(0, size - READ_BYTES);
      const text = Buffer.alloc(size - start);
      const read = readSync(handle, text, 0, text.length, start);
      return { text: text.subarray(0, read), start };
    } finally {
      closeSync(handle);
    }
  }
}
