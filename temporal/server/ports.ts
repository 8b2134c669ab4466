import net from 'node:net';

/** Ports that were free a moment ago on one address; all different. */
export async function freePorts(input: {
  readonly count: number;
  readonly ip: string;
}): Promise<readonly number[]> {
  // All are held open together, or the system would give one twice.
  const servers = await Promise.all(
    Array.from({ length: input.count }, () => listen({ ip: input.ip, port: 0 })),
  );
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** True when nothing listens on the port. */
export async function isFree(input: {
  readonly ip: string;
  readonly port: number;
}): Promise<boolean> {
  try {
    const server = await listen(input);
    await new Promise((done) => server.close(done));
    return true;
  } catch {
    return false;
  }
}

function listen(input: { readonly ip: string; readonly port: number }): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen({ host: input.ip, port: input.port, exclusive: true }, () => resolve(server));
  });
}
