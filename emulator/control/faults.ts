import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Operation } from './operations';

const match = {
  /** As in GET /operations; what isn't given matches everything. */
  product: z.string().optional(),
  operation: z.string().optional(),
  method: z.string().toUpperCase().optional(),
  /** A regular expression over path and query, as they are on the wire. */
  path: z.string().refine(isPattern, 'it is no regular expression').optional(),
  /** So many matching requests pass first. */
  skip: z.number().int().nonnegative().default(0),
  /** How often it strikes; without it until it is deleted. */
  count: z.number().int().positive().optional(),
  /** Of each matching request after the skipped ones; the same seed strikes the same requests. */
  probability: z.number().gt(0).max(1).default(1),
  seed: z.number().int().default(1),
};
const upTo = (milliseconds: number) => z.number().int().nonnegative().max(milliseconds);
const anHour = 3_600_000;

/** A fault as `POST /faults` takes it. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('throttle'), retryAfterMs: upTo(anHour).optional(), ...match }),
  z.strictObject({ kind: z.literal('error'), status: z.literal([500, 502, 503, 504]), ...match }),
  z.strictObject({ kind: z.literal('slow'), delayMs: upTo(anHour), ...match }),
  z.strictObject({ kind: z.literal('reset'), when: z.enum(['before', 'after']), ...match }),
  z.strictObject({ kind: z.literal('stale'), ...match }),
  z.strictObject({ kind: z.literal('expiredToken'), ...match }),
  z.strictObject({ kind: z.literal('clockSkew'), skewMs: z.number().int(), ...match }),
]);

/** What goes wrong, with which requests, how often. */
export type Fault = z.infer<typeof faultSchema>;

/** A fault in force. */
export interface ArmedFault {
  readonly id: string;
  readonly fault: Fault;
  /** Requests that matched, and those that it struck. */
  readonly matched: number;
  readonly struck: number;
}

interface Candidate extends Operation {
  readonly method: string;
  readonly url: string;
}

class Armed implements ArmedFault {
  readonly id = randomBytes(6).toString('hex');
  matched = 0;
  struck = 0;
  private readonly pattern: RegExp | undefined;
  private readonly random: () => number;

  constructor(readonly fault: Fault) {
    this.pattern = fault.path === undefined ? undefined : new RegExp(fault.path);
    this.random = seeded(fault.seed);
  }

  strikes(request: Candidate): boolean {
    const { fault } = this;
    if (fault.product !== undefined && fault.product !== request.product) return false;
    if (fault.operation !== undefined && fault.operation !== request.operation) return false;
    if (fault.method !== undefined && fault.method !== request.method) return false;
    if (this.pattern?.test(request.url) === false) return false;
    this.matched += 1;
    if (this.matched <= fault.skip || this.struck >= (fault.count ?? Number.POSITIVE_INFINITY)) {
      return false;
    }
    if (this.random() >= fault.probability) return false;
    this.struck += 1;
    return true;
  }
}

/** The faults of a local cloud, in the order in which they were asked for; the first that strikes counts. */
export class Faults {
  private armed: readonly Armed[] = [];

  add(fault: Fault): ArmedFault {
    const armed = new Armed(fault);
    this.armed = [...this.armed, armed];
    return armed;
  }

  list(): readonly ArmedFault[] {
    return this.armed.map(({ id, fault, matched, struck }) => ({ id, fault, matched, struck }));
  }

  /** All of them, or one; false when there is none of this id. */
  remove(id?: string): boolean {
    const left = id === undefined ? [] : this.armed.filter((armed) => armed.id !== id);
    const found = id === undefined || left.length < this.armed.length;
    this.armed = left;
    return found;
  }

  /** What goes wrong with a request. */
  strike(request: Candidate): ArmedFault | undefined {
    return this.armed.find((armed) => armed.strikes(request));
  }
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) !== undefined;
  } catch {
    return false;
  }
}

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
