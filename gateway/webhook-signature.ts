import { createHmac, timingSafeEqual } from 'node:crypto';

/** A secret that a sender signs with, and the name that it sends along; several allow rotation. */
export interface WebhookKey {
  readonly id: string;
  readonly secret: string;
}

/** Oldest and newest timestamp that is taken, seconds from now. */
export const WINDOW_SECONDS = 300;
/** Shortest secret, characters. */
const SHORTEST_SECRET = 16;

/**
 * Reads `PAI_LOOP_WEBHOOK_KEYS`: `id:secret` pairs, comma-separated; none when absent or empty.
 * Throws an Error that names the pair by its place, never by its secret.
 */
export function parseWebhookKeys(text: string | undefined): readonly WebhookKey[] {
  const pairs = (text ?? '').split(',').map((pair) => pair.trim());
  const keys = pairs.filter((pair) => pair !== '').map((pair, at) => keyOf(pair, at + 1));
  const ids = new Set(keys.map(({ id }) => id));
  if (ids.size < keys.length) {
    throw new Error('PAI_LOOP_WEBHOOK_KEYS: two keys have the same id: give each its own');
  }
  return keys;
}

function keyOf(pair: string, place: number): WebhookKey {
  const colon = pair.indexOf(':');
  const id = pair.slice(0, Math.max(colon, 0));
  const secret = pair.slice(colon + 1);
  const where = `PAI_LOOP_WEBHOOK_KEYS: pair ${place}`;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(id)) {
    throw new Error(
      `${where}: write it as id:secret, the id of at most 64 letters, digits, dots, hyphens`,
    );
  }
  if (secret.length < SHORTEST_SECRET) {
    throw new Error(`${where} (${id}): the secret is shorter than ${SHORTEST_SECRET} characters`);
  }
  return { id, secret };
}

/** Hexadecimal HMAC-SHA256 over `<timestamp>.<raw body>`: what a sender puts in the signature header. */
export function signWebhook(input: {
  readonly secret: string;
  /** Seconds since 1970, as it stands in the header. */
  readonly timestamp: string;
  readonly body: Buffer | string;
}): string {
  const { secret, timestamp, body } = input;
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

/** What is checked of one request; header values as they arrived. */
export interface SignedRequest {
  readonly keyId: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  readonly body: Buffer;
}

/**
 * True when a known key signed this body at a time within the window. The comparison takes the same
 * time whatever is wrong, and the answer doesn't say what.
 */
export function isGenuine(input: {
  readonly request: SignedRequest;
  readonly keys: readonly WebhookKey[];
  /** Milliseconds since 1970. */
  readonly now: number;
}): boolean {
  const { request, keys, now } = input;
  const key = keys.find(({ id }) => id === request.keyId);
  const timestamp = request.timestamp ?? '';
  const secret = key?.secret ?? 'no such key, but the work is the same';
  const expected = Buffer.from(signWebhook({ secret, timestamp, body: request.body }), 'hex');
  const sent = digestOf(request.signature);
  const equal = timingSafeEqual(expected, sent ?? Buffer.alloc(expected.length));
  return equal && sent !== undefined && key !== undefined && isRecent(timestamp, now);
}

function digestOf(signature: string | undefined): Buffer | undefined {
  const match = /^(?:sha256=)?([0-9a-f]{64})$/i.exec(signature ?? '');
  return match ? Buffer.from(match[1]!, 'hex') : undefined;
}

function isRecent(timestamp: string, now: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(now / 1000 - Number(timestamp)) <= WINDOW_SECONDS;
}
