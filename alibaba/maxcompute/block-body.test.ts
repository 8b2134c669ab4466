import { BlockBody } from './block-body';
import type { Row } from './wire/value';

const columns = [{ name: 'text', type: 'STRING' }];
const KIBIBYTE = 'x'.repeat(1024);

/** Rows of one KiB; counts how many were taken. */
class Source {
  taken = 0;
  closed = false;
  *rows(count: number): Generator<Row> {
    try {
      for (; this.taken < count; this.taken++) yield [KIBIBYTE];
    } finally {
      this.closed = true;
    }
  }
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function readSome(body: AsyncIterable<Uint8Array>, chunks: number): Promise<void> {
  const reader = body[Symbol.asyncIterator]();
  for (let at = 0; at < chunks; at++) await reader.next();
}

test('rows are taken only as fast as the body is read', async () => {
  const source = new Source();
  const body = new BlockBody({ columns, rows: source.rows(10_000) });
  await readSome(body.start(), 2);
  expect(source.taken).toBeLessThan(200);
  body.close();
  await new Promise(setImmediate);
  expect(source.closed).toBe(true);
});

test('a second try gives the same bytes, though the first had read a part', async () => {
  const whole = await readAll(new BlockBody({ columns, rows: new Source().rows(1_000) }).start());
  for (const rows of [[...new Source().rows(1_000)], new Source().rows(1_000)]) {
    const body = new BlockBody({ columns, rows });
    await readSome(body.start(), 5);
    body.stop();
    expect(body.replayable).toBe(true);
    expect(whole.equals(await readAll(body.start()))).toBe(true);
    expect(body.rowCount).toBe(1_000);
  }
});

test('a body that was stopped breaks off: it never looks complete', async () => {
  for (const rows of [[...new Source().rows(1_000)], new Source().rows(1_000)]) {
    const body = new BlockBody({ columns, rows });
    const first = body.start()[Symbol.asyncIterator]();
    await first.next();
    body.stop();
    await expect(first.next()).rejects.toThrow('has failed');
    expect(body.failure).toBeUndefined();
  }
});

test('one-shot rows beyond 32 MiB are let go of and cannot be sent again; a list can', async () => {
  const big = 40 * 1024;
  const stream = new BlockBody({ columns, rows: new Source().rows(big) });
  expect((await readAll(stream.start())).length).toBeGreaterThan(big * 1024);
  expect(stream.rowCount).toBe(big);
  expect(stream.replayable).toBe(false);
  const list = new BlockBody({ columns, rows: [...new Source().rows(big)] });
  await readAll(list.start());
  expect(list.replayable).toBe(true);
});

test('what the source throws is kept as the reason', async () => {
  const reason = new Error('disk');
  const rows = (function* (): Generator<Row> {
    yield ['a'];
    throw reason;
  })();
  const body = new BlockBody({ columns, rows });
  await expect(readAll(body.start())).rejects.toBe(reason);
  expect(body.failure?.error).toBe(reason);
});
