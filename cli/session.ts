/** What a command talks to: the settings of the running instance, the cloud's clients, Temporal. */
import type { Client } from '@temporalio/client';
import { loadPipelines } from '../config/load-pipelines';
import type { Pipeline } from '../config/pipeline';
import { loadRunningSettings } from '../config/running-settings';
import type { Settings } from '../config/settings';
import { connectClient } from '../temporal/connection';
import { type CloudClients, cloudClients } from '../workers/clients';

/** One command's connections. */
export interface Session {
  readonly settings: Settings;
  readonly pipeline: Pipeline;
  readonly cloud: CloudClients;
  /** Connects at the first use. */
  temporal(): Promise<Client>;
  close(): Promise<void>;
}

/** Opens a session with whatever runs from this home, or with what the settings name. */
export async function openSession(input: {
  readonly root: string;
  readonly pipeline?: string;
}): Promise<Session> {
  const { settings, running } = await loadRunningSettings({ root: input.root, env: process.env });
  if (settings.cloud === 'local' && !running) {
    throw new Error(
      `nothing runs from ${settings.home}: start it with "npm start", or set PAI_LOOP_HOME to where it runs`,
    );
  }
  const pipeline = choosePipeline(loadPipelines({ root: input.root }), input.pipeline);
  let connected: ReturnType<typeof connectClient> | undefined;
  return {
    settings,
    pipeline,
    cloud: cloudClients(settings),
    async temporal() {
      connected ??= connectClient(settings);
      return (await connected).client;
    },
    async close() {
      await (await connected)?.connection.close();
    },
  };
}

/** The named pipeline, or the only one. */
export function choosePipeline(
  pipelines: ReadonlyMap<string, Pipeline>,
  name: string | undefined,
): Pipeline {
  const names = [...pipelines.keys()];
  const chosen = name ?? (names.length === 1 ? names[0] : undefined);
  const pipeline = chosen === undefined ? undefined : pipelines.get(chosen);
  if (pipeline) return pipeline;
  const wrong = chosen === undefined ? 'say which' : `there is no "${chosen}"`;
  throw new Error(`--pipeline: ${wrong}; pipelines are ${names.join(', ')}`);
}
