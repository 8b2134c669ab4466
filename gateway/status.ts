import type { LifecycleStatus } from '../workflows/messages';
import type { RunLine } from './loop-client';

/** One part of the page: what a source said, or in words why there is nothing. */
export type Part<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

/** One EAS service of a pipeline's group. */
export interface ServiceLine {
  readonly name: string;
  readonly modelVersion?: string;
  /** EAS's own word, for example `Running`. */
  readonly status: string;
  readonly message?: string;
  /** Weight in the group's traffic; zero gets none. */
  readonly weight: number;
  /** Share of the group's traffic, 0 to 1. */
  readonly share: number;
  readonly runningInstances?: number;
  readonly totalInstances?: number;
}

/** What answers a pipeline's clients. */
export interface ServingStatus {
  readonly group: string;
  /** False until the first deployment has made the group. */
  readonly exists: boolean;
  /** Base address for clients; `/predict` follows. */
  readonly url?: string;
  readonly services: readonly ServiceLine[];
}

/** One version in the Model Registry. */
export interface VersionLine {
  readonly modelVersion: string;
  readonly registryVersion: string;
  readonly kind?: string;
  readonly approval?: string;
  readonly trainR2?: number;
  readonly validationR2?: number;
  readonly createdAt?: string;
}

/** What is known of one pipeline. */
export interface PipelineStatus {
  readonly name: string;
  readonly description?: string;
  readonly serving: Part<ServingStatus>;
  readonly lifecycle: Part<LifecycleStatus | null>;
  readonly versions: Part<readonly VersionLine[]>;
}

/** Everything that `/api/status` answers and the page shows. */
export interface LoopStatus {
  readonly environment: string;
  readonly region: string;
  /** `local` or `alibaba`. */
  readonly cloud: string;
  /** When it was looked at, ISO 8601. */
  readonly at: string;
  readonly pipelines: readonly PipelineStatus[];
  readonly runs: Part<readonly RunLine[]>;
  readonly temporal: { readonly address: string; readonly namespace: string; readonly ui?: string };
  readonly webhooks: { readonly enabled: boolean };
}

/** Asks one source; a failure or a silence of `timeoutMs` becomes a sentence that begins with `what`. */
export async function part<T>(input: {
  readonly what: string;
  readonly ask: (signal: AbortSignal) => Promise<T>;
  readonly timeoutMs: number;
}): Promise<Part<T>> {
  const { what, ask, timeoutMs } = input;
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs / 1000} s`));
      abort.abort();
    }, timeoutMs);
  });
  try {
    return { ok: true, value: await Promise.race([ask(abort.signal), silence]) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, problem: `${what} can't be reached: ${reason.slice(0, 300)}` };
  } finally {
    clearTimeout(timer);
  }
}
