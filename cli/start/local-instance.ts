/** The processes and addresses of one local run. */
import path from 'node:path';
import {
  type RunningEndpoints,
  removeEndpoints,
  writeEndpoints,
} from '../../config/endpoints-file';
import { cacheFolder } from '../../config/home';
import type { Settings } from '../../config/settings';
import { connectClient } from '../../temporal/connection';
import { ensureNamespace } from '../../temporal/namespace';
import { applySchedule, sweepSchedule } from '../../temporal/schedules';
import { type DevServer, startDevServer } from '../../temporal/server/dev-server';
import { findServerBinary } from '../../temporal/server/server-binary';
import { cloudArguments } from '../cloud-arguments';
import { endLeftovers } from './leftovers';
import { Supervisor } from './supervisor';

type Published = Omit<RunningEndpoints, 'pids'>;

/** Temporal, the local cloud, the worker and the gateway, started in order and stopped in reverse. */
export class LocalInstance {
  readonly #supervisor: Supervisor;
  readonly #pids: Record<string, number> = { supervisor: process.pid };
  #temporal: DevServer | undefined;
  #published: Published | undefined;
  #stopped = false;

  constructor(
    private readonly options: {
      readonly root: string;
      readonly settings: Settings;
      readonly say: (line: string) => void;
    },
  ) {
    this.#supervisor = new Supervisor({
      logFolder: path.join(options.settings.home, 'logs'),
      say: options.say,
      onStarted: (name, pid) => this.#startedProgram(name, pid),
    });
  }

  /** Gets a Temporal server and the cloud, and publishes their addresses. */
  async startCloud(): Promise<void> {
    const { settings, root, say } = this.options;
    await endLeftovers({ home: settings.home, root, say });
    const [temporal, cloud] = await Promise.all([this.#startTemporal(), this.#startLocalCloud()]);
    this.#published = { temporal, ...cloud };
    await this.#publish();
  }

  /** Prepares the namespace and starts what runs the loop. */
  async startLoop(): Promise<void> {
    const { settings } = this.options;
    const address = this.#published?.temporal.address;
    const resolved = { ...settings, temporal: { ...settings.temporal, address } };
    const { client, connection } = await connectClient(resolved);
    try {
      await ensureNamespace({ connection, ...settings.temporal });
      const { environment, temporal } = settings;
      await applySchedule({ client, schedule: sweepSchedule({ environment, ...temporal }) });
    } finally {
      await connection.close();
    }
    await this.#supervisor.start(this.#program('worker'));
    const { url } = await this.#supervisor.start(this.#program('gateway'));
    if (this.#published && typeof url === 'string') {
      this.#published = { ...this.#published, gateway: { url } };
      await this.#publish();
    }
  }

  /** Where a person looks. */
  addresses(): string {
    const { temporal, gateway } = this.#published ?? {};
    return [
      `dashboard    ${gateway?.url ?? 'not started'}`,
      `Temporal UI  ${temporal?.ui ?? temporal?.address ?? 'not started'}`,
      `logs         ${path.join(this.options.settings.home, 'logs')}`,
    ].join('\n');
  }

  /** Ends everything; the endpoints file goes last. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#supervisor.stop();
    await this.#temporal?.stop();
    await removeEndpoints({ home: this.options.settings.home });
  }

  async #startTemporal(): Promise<Published['temporal']> {
    const { settings, say } = this.options;
    const { address, namespace } = settings.temporal;
    if (address !== undefined) return { address, namespace };
    const binary = await findServerBinary({
      env: process.env,
      cache: cacheFolder({ env: process.env }),
      onProgress: say,
    });
    const server = await startDevServer({
      binary: binary.path,
      home: settings.home,
      namespace,
      port: settings.ports.temporal,
      uiPort: settings.ports.temporalUi,
    });
    await this.#keepTemporal(server, binary.path);
    return { address: server.address, namespace, ui: server.ui };
  }

  /** Remembers the server, and starts it again on its own ports when it dies. */
  async #keepTemporal(server: DevServer, binary: string): Promise<void> {
    const { settings, say } = this.options;
    this.#temporal = server;
    await this.#startedProgram('temporal', server.pid);
    void server.ended
      .then(async () => {
        if (this.#stopped) return;
        say("Temporal's server ended; starting it again");
        const again = await startDevServer({
          binary,
          home: settings.home,
          namespace: settings.temporal.namespace,
          port: portOf(server.address),
          uiPort: portOf(server.ui ?? ''),
        });
        await this.#keepTemporal(again, binary);
      })
      .catch((error: Error) => say(error.message));
  }

  async #startLocalCloud(): Promise<Omit<Published, 'temporal'>> {
    const { settings } = this.options;
    const { maxcompute, oss, pai, region } = settings;
    if (settings.cloud === 'alibaba') {
      // The account's own keys stay where they are; nothing of them is published.
      const endpoint = `${pai.protocol}://${pai.endpoints.dsw}`;
      const keys = { accessKeyId: '', accessKeySecret: '' };
      return { maxcompute, oss, pai: { endpoint }, region, ...keys };
    }
    const ready = await this.#supervisor.start({
      ...this.#program('emulator'),
      arguments: cloudArguments(settings),
    });
    return ready as unknown as Omit<Published, 'temporal'>;
  }

  #program(name: string) {
    const { root, settings } = this.options;
    const file = path.join(root, 'dist', `${name}.js`);
    // The emulator is told to be on loopback by its own default; the rest is read from the settings.
    return { name, file, env: { PAI_LOOP_HOME: settings.home } };
  }

  async #startedProgram(name: string, pid: number): Promise<void> {
    this.#pids[name] = pid;
    if (this.#published) await this.#publish();
  }

  async #publish(): Promise<void> {
    if (!this.#published || this.#stopped) return;
    const { home } = this.options.settings;
    await writeEndpoints({ home, endpoints: { ...this.#published, pids: this.#pids } });
  }
}

function portOf(address: string): number {
  return Number(/:(\d+)\/?$/.exec(address)?.[1] ?? 0);
}
