import { Crc32c } from './crc32c';
import { WireError } from './wire-error';

/** Bytes of a frame's payload, as the official clients send them. */
export const FRAME_BYTES = 65_536;
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

function word(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/**
 * Frames a Tunnel's Arrow payload: the frame size, frames of that size with their CRC32C each, and
 * a last shorter one (it may be empty) with the CRC32C of the whole payload. All numbers are
 * big-endian (pyodps 0.13, `tunnel/io/writer.py`).
 */
export class ArrowFramer {
  private readonly total = new Crc32c();
  private readonly frame = new Crc32c();
  private waiting: Buffer = Buffer.alloc(0);
  private begun = false;

  /** Takes payload and gives what can go out. */
  push(payload: Uint8Array): readonly Buffer[] {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    const ready: Buffer[] = this.begin();
    let all = this.waiting.length > 0 ? Buffer.concat([this.waiting, bytes]) : bytes;
    for (; all.length >= FRAME_BYTES; all = all.subarray(FRAME_BYTES)) {
      const part = all.subarray(0, FRAME_BYTES);
      this.frame.reset();
      this.frame.update(part);
      this.total.append(this.frame.value, FRAME_BYTES);
      ready.push(part, word(this.frame.value));
    }
    // A copy: the caller may use its memory again.
    this.waiting = Buffer.from(all);
    return ready;
  }

  private begin(): Buffer[] {
    if (this.begun) return [];
    this.begun = true;
    return [word(FRAME_BYTES)];
  }

  /** The last frame. */
  finish(): Buffer {
    this.total.update(this.waiting);
    return Buffer.concat([...this.begin(), this.waiting, word(this.total.value)]);
  }
}

/** Gives the payload of framed bytes, checked frame by frame. Throws WireError, also for an early end. */
export async function* unframeArrow(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer, void, undefined> {
  const total = new Crc32c();
  let waiting: Buffer[] = [];
  let length = 0;
  let size: number | undefined;
  for await (const chunk of source) {
    waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    length += chunk.byteLength;
    if (length < (size === undefined ? 4 : size + 4)) continue;
    let bytes = waiting.length === 1 ? waiting[0] : Buffer.concat(waiting);
    if (size === undefined) {
      size = frameSize(bytes.readUInt32BE(0));
      bytes = bytes.subarray(4);
    }
    for (; bytes.length >= size + 4; bytes = bytes.subarray(size + 4)) {
      yield frameIn({ bytes, size, total });
    }
    waiting = [bytes];
    length = bytes.length;
  }
  yield lastFrame(Buffer.concat(waiting), total);
}

function frameSize(size: number): number {
  if (size === 0 || size > MAX_FRAME_BYTES) {
    throw new WireError('malformed', `A frame size of ${size} bytes is out of range`);
  }
  return size;
}

function frameIn(frame: {
  readonly bytes: Buffer;
  readonly size: number;
  readonly total: Crc32c;
}): Buffer {
  const payload = frame.bytes.subarray(0, frame.size);
  const crc = new Crc32c();
  crc.update(payload);
  expect(frame.bytes.readUInt32BE(frame.size), crc.value);
  frame.total.append(crc.value, frame.size);
  return payload;
}

function lastFrame(bytes: Buffer, total: Crc32c): Buffer {
  if (bytes.length < 4) throw new WireError('truncated', 'The Arrow stream ended early');
  const payload = bytes.subarray(0, bytes.length - 4);
  total.update(payload);
  expect(bytes.readUInt32BE(payload.length), total.value);
  return payload;
}

function expect(found: number, computed: number): void {
  if (found === computed) return;
  throw new WireError('checksum', `A frame's checksum is ${found}, read: ${computed}`);
}
