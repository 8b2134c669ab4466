const secretKeys = new Set([
  'credentials.accessKeySecret',
  'credentials.securityToken',
  'temporal.apiKey',
]);

/** True for a key of the settings whose value must never be shown. */
export function isSecret(key: string): boolean {
  return secretKeys.has(key);
}

/** A value as it may be shown: secrets hidden, an access key id by its ends, passwords cut out of URLs. */
export function shownValue(input: { readonly key: string; readonly value: unknown }): string {
  const { key, value } = input;
  if (value === undefined) return '(not set)';
  if (isSecret(key)) return '******';
  if (key === 'credentials.accessKeyId') return shortenedId(String(value));
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = text.replace(/:\/\/[^/@\s"]*@/g, '://******@');
  return typeof value === 'string' ? JSON.stringify(safe) : safe;
}

function shortenedId(id: string): string {
  return id.length < 12 ? '******' : `${id.slice(0, 4)}******${id.slice(-4)}`;
}
