import { z } from 'zod';

/** Text of at least one character; a YAML number is taken as its digits when it is exact. */
export function text(expects: string) {
  return z.preprocess(
    (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value),
    z.string({ error: expects }).trim().min(1, { error: expects }),
  );
}

/** Text that matches a pattern; `expects` is the sentence that an error shows. */
export function pattern(input: { readonly pattern: RegExp; readonly expects: string }) {
  return z.preprocess(
    (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value),
    z.string({ error: input.expects }).trim().regex(input.pattern, { error: input.expects }),
  );
}

/** An absolute http or https address without user, query or fragment. */
export function httpUrl(example: string) {
  const expects = `Write a full address such as ${example}`;
  return z.string({ error: expects }).trim().refine(isPlainHttpUrl, { error: expects });
}

function isPlainHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return (url.protocol === 'http:' || url.protocol === 'https:') && plain;
}

/** `host` or `host:port`, without scheme and path. */
export function hostPort(example: string) {
  return pattern({
    pattern: /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/,
    expects: `Write host or host:port without http:// and path, for example ${example}`,
  });
}

/** A whole number between two limits, both inclusive. */
export function whole(input: { readonly min: number; readonly max: number }) {
  const expects = `Use a whole number from ${input.min} to ${input.max}`;
  return z.int({ error: expects }).min(input.min, { error: expects }).max(input.max, {
    error: expects,
  });
}

/** A finite number between two limits, both inclusive. */
export function decimal(input: { readonly min: number; readonly max: number }) {
  const expects = `Use a number from ${input.min} to ${input.max}`;
  return z.number({ error: expects }).min(input.min, { error: expects }).max(input.max, {
    error: expects,
  });
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: `Use one of ${words.join(', ')}` });
}
