import fc from 'fast-check';
import {
  isGenuine,
  parseWebhookKeys,
  type SignedRequest,
  signWebhook,
  type WebhookKey,
  WINDOW_SECONDS,
} from './webhook-signature';

const KEYS: readonly WebhookKey[] = [
  { id: 'old', secret: 'the secret that goes away' },
  { id: 'new', secret: 'the secret that has come' },
];
const NOW = 1_760_000_000_000;

function signed(changes: Partial<SignedRequest> = {}, key: WebhookKey = KEYS[1]!): SignedRequest {
  const timestamp = String(NOW / 1000);
  const body = Buffer.from('{"reason":"new data"}');
  const signature = signWebhook({ secret: key.secret, timestamp, body });
  return { keyId: key.id, timestamp, signature, body, ...changes };
}

const genuine = (request: SignedRequest, now = NOW) => isGenuine({ request, keys: KEYS, now });

describe('isGenuine', () => {
  it('agrees with the digest that OpenSSL makes of the same bytes', () => {
    // printf '1760000000.{"reason":"new data"}' | openssl dgst -sha256 -hmac 'the secret that has come'
    expect(signed().signature).toBe(
      '5557f28d9cf6eceb4350375a5a51c21402cbc07e6159ab1326e956608327001c',
    );
  });

  it('takes every body that any key of the set has signed', () => {
    const body = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(body, fc.constantFrom(...KEYS), (bytes, key) => {
        const timestamp = String(NOW / 1000);
        const signature = signWebhook({ secret: key.secret, timestamp, body: bytes });
        const request = { keyId: key.id, timestamp, signature, body: bytes };
        expect(genuine(request)).toBe(true);
        expect(genuine({ ...request, signature: `sha256=${signature.toUpperCase()}` })).toBe(true);
      }),
    );
  });

  it('refuses a body or a signature with any one bit changed', () => {
    const { body, signature } = signed();
    const digest = Buffer.from(signature!, 'hex');
    const flipped = (bytes: Buffer, bit: number) => {
      const copy = Buffer.from(bytes);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      return copy;
    };
    for (let bit = 0; bit < body.length * 8; bit += 1) {
      expect(genuine(signed({ body: flipped(body, bit) }))).toBe(false);
    }
    for (let bit = 0; bit < 256; bit += 1) {
      expect(genuine(signed({ signature: flipped(digest, bit).toString('hex') }))).toBe(false);
    }
  });

  it('refuses the right signature under any other timestamp', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (timestamp) => {
        fc.pre(timestamp !== signed().timestamp);
        expect(genuine(signed({ timestamp }))).toBe(false);
      }),
    );
  });

  it('refuses a signature by the secret of another key, an unknown key and none', () => {
    expect(genuine(signed({ keyId: 'old' }))).toBe(false);
    expect(genuine(signed({ keyId: 'nobody' }))).toBe(false);
    expect(genuine(signed({ keyId: undefined }))).toBe(false);
    expect(isGenuine({ request: signed(), keys: [], now: NOW })).toBe(false);
  });

  it('never throws and never takes arbitrary headers', () => {
    const header = fc.option(fc.string(), { nil: undefined });
    fc.assert(
      fc.property(header, header, header, (keyId, timestamp, signature) => {
        expect(genuine({ keyId, timestamp, signature, body: Buffer.from('{}') })).toBe(false);
      }),
    );
  });

  it('takes the edge of the window and nothing beyond it, either way', () => {
    for (const direction of [-1, 1]) {
      expect(genuine(signed(), NOW + direction * WINDOW_SECONDS * 1000)).toBe(true);
      expect(genuine(signed(), NOW + direction * (WINDOW_SECONDS * 1000 + 1))).toBe(false);
    }
  });
});

describe('parseWebhookKeys', () => {
  it('reads pairs; a secret may hold colons', () => {
    expect(parseWebhookKeys(' a:0123456789abcdef , b:0123:456789:abcdef,')).toEqual([
      { id: 'a', secret: '0123456789abcdef' },
      { id: 'b', secret: '0123:456789:abcdef' },
    ]);
    expect(parseWebhookKeys(undefined)).toEqual([]);
    expect(parseWebhookKeys(' ')).toEqual([]);
  });

  it.each([
    ['a:0123456789abcdef,nocolon0123456789', /pair 2/],
    ['a:short', /pair 1 \(a\).*16/],
    [':0123456789abcdef', /pair 1/],
    ['a b:0123456789abcdef', /pair 1/],
    ['a:0123456789abcdef,a:fedcba9876543210', /same id/],
  ])('refuses %j without showing a secret', (text, message) => {
    expect(() => parseWebhookKeys(text)).toThrow(message);
    try {
      parseWebhookKeys(text);
    } catch (error) {
      expect(String(error)).not.toMatch(/0123456789abcdef|nocolon|short$/);
    }
  });
});
