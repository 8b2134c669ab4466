import { cp } from 'node:fs/promises';
import path from 'node:path';
import { openKeyring } from '../../emulator/identity/keyring';
import { startPai } from '../../emulator/pai/server';

/** A process that is only the local PAI: `node pai-process.js FOLDER PORT`, to be killed by a test. */
async function main(): Promise<void> {
  const [folder, port] = process.argv.slice(2);
  const keyring = await openKeyring({ folder });
  const pai = await startPai({
    folder: path.join(folder, 'pai'),
    host: '127.0.0.1',
    port: Number(port),
    easPort: 0,
    keyring,
    region: 'cn-hangzhou',
    files: {
      materialise: async ({ prefix, into }) => {
        await cp(path.join(folder, 'bucket', prefix), into, { recursive: true });
        return { skipped: [] };
      },
    },
  });
  process.once('SIGTERM', () => void pai.close().then(() => process.exit(0)));
  const { endpoint } = pai;
  process.stdout.write(`${JSON.stringify({ endpoint, ...keyring.root })}\n`);
}

void main();
