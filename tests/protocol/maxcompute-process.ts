import { openKeyring } from '../../emulator/identity/keyring';
import { startMaxCompute } from '../../emulator/maxcompute/server';

/** A local MaxCompute alone in a process: `node maxcompute-process.js <folder>`; prints its endpoints. */
async function main(): Promise<void> {
  const [folder] = process.argv.slice(2);
  const keyring = await openKeyring({ folder });
  const server = await startMaxCompute({
    folder,
    host: '127.0.0.1',
    port: 0,
    keyring,
    project: 'demo',
    region: 'cn-hangzhou',
  });
  const { endpoint, tunnelEndpoint } = server;
  process.stdout.write(`${JSON.stringify({ endpoint, tunnelEndpoint })}\n`);
}

void main();
