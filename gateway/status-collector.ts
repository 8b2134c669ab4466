import type { Pipeline } from '../config/pipeline';
import type { Settings } from '../config/settings';
import { registeredModelName } from '../policy/cloud-labels';
import { easGroupName } from '../policy/instance-name';
import { type RegistrySource, type ServingSource, servingOf, versionsOf } from './cloud-sources';
import type { LoopClient } from './loop-client';
import { type LoopStatus, type PipelineStatus, part } from './status';

/** Longest wait for one source, milliseconds. */
const SOURCE_MS = 5000;
/** How long an answer is good for, milliseconds: many open pages ask the cloud no more than one does. */
const FRESH_MS = 1500;
/** How many runs the page shows. */
const RUNS = 15;

/** Where the status comes from. */
export interface StatusSources {
  readonly settings: Settings;
  readonly pipelines: readonly Pipeline[];
  readonly loop: Pick<LoopClient, 'recentRuns' | 'lifecycle'>;
  readonly eas: ServingSource;
  readonly registry: RegistrySource;
  /** Address of Temporal's web UI, for links. */
  readonly temporalUi?: string;
  readonly webhooksEnabled: boolean;
  readonly now: () => number;
}

/** A look at the whole loop; tokens of the groups by pipeline are kept apart from what is shown. */
export interface Look {
  readonly status: LoopStatus;
  readonly tokens: ReadonlyMap<string, string>;
}

/** Looks at all sources at once; a look in progress or a fresh one is shared. */
export class StatusCollector {
  readonly #sources: StatusSources;
  #look: Promise<Look> | undefined;
  #goodUntil = 0;

  constructor(sources: StatusSources) {
    this.#sources = sources;
  }

  /** Never rejects for a source that fails: that part says so in words. */
  look(): Promise<Look> {
    if (this.#look === undefined || this.#sources.now() >= this.#goodUntil) {
      this.#goodUntil = Number.POSITIVE_INFINITY;
      this.#look = this.#collect().finally(() => {
        this.#goodUntil = this.#sources.now() + FRESH_MS;
      });
    }
    return this.#look;
  }

  async #collect(): Promise<Look> {
    const { settings, temporalUi, loop, webhooksEnabled, now } = this.#sources;
    const tokens = new Map<string, string>();
    const [runs, pipelines] = await Promise.all([
      part({
        what: 'Temporal',
        ask: () => loop.recentRuns({ limit: RUNS }),
        timeoutMs: SOURCE_MS,
      }),
      Promise.all(this.#sources.pipelines.map((pipeline) => this.#pipeline(pipeline, tokens))),
    ]);
    const { address, namespace } = settings.temporal;
    const status: LoopStatus = {
      environment: settings.environment,
      region: settings.region,
      cloud: settings.cloud,
      at: new Date(now()).toISOString(),
      pipelines,
      runs,
      temporal: { address: address ?? '', namespace, ui: temporalUi },
      webhooks: { enabled: webhooksEnabled },
    };
    return { status, tokens };
  }

  async #pipeline(pipeline: Pipeline, tokens: Map<string, string>): Promise<PipelineStatus> {
    const { settings, eas, registry, loop } = this.#sources;
    const names = { pipeline: pipeline.name, environment: settings.environment };
    const group = easGroupName({ pattern: pipeline.deploy.groupPattern, ...names });
    const model = registeredModelName(names);
    const { workspaceId } = settings.pai;
    const [serving, versions, lifecycle] = await Promise.all([
      part({
        what: 'EAS',
        timeoutMs: SOURCE_MS,
        ask: async (signal) => {
          const { status, token } = await servingOf({ eas, group, signal });
          if (token) tokens.set(pipeline.name, token);
          return status;
        },
      }),
      part({
        what: 'The Model Registry',
        timeoutMs: SOURCE_MS,
        ask: (signal) => versionsOf({ registry, model, workspaceId, signal }),
      }),
      part({
        what: 'The lifecycle workflow',
        timeoutMs: SOURCE_MS,
        ask: async () => (await loop.lifecycle({ pipeline: pipeline.name })) ?? null,
      }),
    ]);
    const { name, description } = pipeline;
    return { name, description, serving, versions, lifecycle };
  }
}
