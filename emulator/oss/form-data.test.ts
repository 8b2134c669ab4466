import fc from 'fast-check';
import { readForm } from './form-data';

const BOUNDARY = 'XbX';
const contentType = `multipart/form-data; boundary=${BOUNDARY}`;

function form(fields: readonly (readonly [string, string])[], file: Buffer): Buffer {
  const parts = fields.map(
    ([name, value]) =>
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="f.bin"\r\nContent-Type: a/b\r\n\r\n`;
  const tail = `\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="late"\r\n\r\nx\r\n--${BOUNDARY}--\r\n`;
  return Buffer.concat([Buffer.from(parts.join('') + head), file, Buffer.from(tail)]);
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('a form', () => {
  it('gives its fields and its file, however it is cut into pieces', async () => {
    const field = fc.tuple(fc.stringMatching(/^[a-z-]{1,8}$/), fc.stringMatching(/^[ -~]{0,20}$/));
    const file = fc
      .array(fc.constantFrom('\r', '\n', '-', 'X', 'b', '--XbX', '\r\n--Xb', 'data'))
      .map((pieces) => Buffer.from(pieces.join('')))
      .filter((bytes) => !bytes.includes(`\r\n--${BOUNDARY}`));
    const isOwn = ([name]: readonly [string, string]): boolean => name !== 'file';
    await fc.assert(
      fc.asyncProperty(
        fc.array(field),
        file,
        fc.integer({ min: 1, max: 50 }),
        async (all, bytes, size) => {
          const fields = all.filter(isOwn);
          const read = await readForm({ contentType, body: inPieces(form(fields, bytes), size) });
          const expected = new Map<string, string>(fields).set('filename', 'f.bin');
          if (!expected.has('content-type')) expected.set('content-type', 'a/b');
          if (!fields.some(([name]) => name === 'filename')) expect(read.fields).toEqual(expected);
          const chunks: Uint8Array[] = [];
          for await (const chunk of read.file) chunks.push(chunk);
          expect(Buffer.concat(chunks)).toEqual(bytes);
        },
      ),
    );
  });

  it('is refused when it is none, ends early, or has fields without end', async () => {
    const body = (text: string) => inPieces(Buffer.from(text), 1000);
    const refused = { code: 'MalformedPOSTRequest' };
    await expect(
      readForm({ contentType: 'multipart/form-data', body: body('x') }),
    ).rejects.toMatchObject(refused);
    await expect(readForm({ contentType, body: body('nothing') })).rejects.toMatchObject(refused);
    const endless = form([['key', 'x'.repeat(200_000)]], Buffer.alloc(0)).toString();
    await expect(readForm({ contentType, body: body(endless) })).rejects.toMatchObject(refused);
    const cut = form([], Buffer.from('PAYLOAD')).subarray(0, -30);
    const { file } = await readForm({
      contentType,
      body: inPieces(cut.subarray(0, cut.indexOf('PAYLOAD') + 7), 7),
    });
    await expect(
      (async () => {
        for await (const _ of file);
      })(),
    ).rejects.toMatchObject(refused);
  });
});
