import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Authority } from './authority';

/** Public names of the products that the local PAI answers for, in any region and network. */
const SERVED =
  /^(?:(?:pai-eas(?:-manage)?|aiworkspace|pai-dlc|pai-dsw|pai|paiflow|sts|metrics)(?:-vpc|-inner|-internal)?\.[a-z0-9-]+|sts|metrics)\.aliyuncs\.com$/;

/**
 * Makes an HTTP server a proxy for `CONNECT <product>.<region>.aliyuncs.com:443`, as clients without an
 * endpoint option speak to it through `HTTPS_PROXY`: it ends their TLS itself and takes the requests inside
 * for its own. It never connects to anywhere: other names are refused. Gives a function that ends what is open.
 */
export function serveConnect(options: {
  readonly server: Server;
  readonly authority: Authority;
}): () => void {
  const { server, authority } = options;
  const open = new Set<Duplex>();
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    void accept({ server, authority, request, socket, head });
  });
  return () => {
    for (const socket of open) socket.destroy();
  };
}

async function accept(call: {
  readonly server: Server;
  readonly authority: Authority;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}): Promise<void> {
  const { server, authority, request, socket, head } = call;
  const [host, port] = (request.url ?? '').toLowerCase().split(':');
  if (!SERVED.test(host) || port !== '443') return refuse(socket, `${host}:${port ?? ''}`);
  try {
    const secureContext = await authority.contextFor(host);
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    const inside = new TLSSocket(socket as ConstructorParameters<typeof TLSSocket>[0], {
      isServer: true,
      secureContext,
    });
    inside.on('error', (error) => {
      process.stderr.write(`proxy for ${host}: ${error.message}\n`);
      inside.destroy();
    });
    server.emit('connection', inside);
  } catch (error) {
    process.stderr.write(`proxy for ${host}: ${error instanceof Error ? error.stack : error}\n`);
    socket.destroy();
  }
}

function refuse(socket: Duplex, target: string): void {
  const text = `The local cloud does not serve ${target}, and connects to nowhere else.\n`;
  socket.end(
    `HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}
