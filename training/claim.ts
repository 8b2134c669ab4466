import { randomUUID } from 'node:crypto';
import { cloudCode, type RunObjects } from './ports';
import { type ProcessIdentity, stillRuns } from './process-identity';

/** What the claim object of a run says of its owner. */
export interface Claim extends ProcessIdentity {
  /** Tells this claim from any other, also when the answer to writing it was lost. */
  readonly token: string;
  readonly claimed_at: string;
}

/** `won`: this process trains. `lost`: another one does, or has done it. */
export type ClaimOutcome =
  | { readonly kind: 'won'; readonly after?: Claim }
  | { readonly kind: 'lost'; readonly to: string };

/**
 * Claims a run for this process by an object that is written once. A claim of the same instance whose
 * process is dead (the program crashed or the instance was started again) is taken over, unless the
 * run has its result; one of another instance is respected: whoever deletes that instance deletes it.
 */
export async function claimRun(input: {
  readonly objects: RunObjects;
  /** Key of the claim object. */
  readonly key: string;
  /** Key of the object that ends a run. */
  readonly resultKey: string;
  readonly identity: ProcessIdentity;
  readonly now: () => Date;
}): Promise<ClaimOutcome> {
  const { objects, key, resultKey, identity, now } = input;
  const claim: Claim = { ...identity, token: randomUUID(), claimed_at: now().toISOString() };
  const body = JSON.stringify(claim);
  const contentType = 'application/json';
  let held: Claim | undefined;
  try {
    await objects.put({ key, body, forbidOverwrite: true, contentType });
    return { kind: 'won' };
  } catch (error) {
    held = await currentClaim({ objects, key });
    if (!held && cloudCode(error) === 'FileAlreadyExists') return { kind: 'lost', to: 'unknown' };
    if (!held) throw error;
  }
  if (held.token === claim.token) return { kind: 'won' };
  const ours = held.instance === identity.instance;
  if (!ours || stillRuns(held) || (await objects.head({ key: resultKey }))) {
    return { kind: 'lost', to: held.instance };
  }
  await objects.put({ key, body, contentType });
  return { kind: 'won', after: held };
}

/** The claim as it stands; undefined when there is none or it can't be read. */
async function currentClaim(input: {
  objects: RunObjects;
  key: string;
}): Promise<Claim | undefined> {
  try {
    const bytes = await input.objects.get({ key: input.key });
    const claim: unknown = JSON.parse(bytes.toString('utf8'));
    return isClaim(claim) ? claim : undefined;
  } catch {
    return undefined;
  }
}

function isClaim(value: unknown): value is Claim {
  const claim = value as Partial<Claim> | null;
  return (
    typeof claim === 'object' &&
    typeof claim?.token === 'string' &&
    typeof claim.instance === 'string' &&
    typeof claim.pid === 'number'
  );
}
