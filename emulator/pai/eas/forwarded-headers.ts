/** Headers of one connection, not of the message (RFC 9110, 7.6.1), and the token, which is ours. */
const NOT_FORWARDED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'authorization',
]);

/** Headers that an instance gets: names and values in turn, as `rawHeaders` gives them. */
export function forwardedRequest(raw: readonly string[]): string[] {
  const headers: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at];
    if (!NOT_FORWARDED.has(name.toLowerCase())) headers.push(name, raw[at + 1]);
  }
  return headers;
}

/** Headers of an answer that the client gets: names and values in turn. */
export function forwardedAnswer(raw: readonly Buffer[]): string[] {
  const headers: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at].toString('latin1');
    if (!NOT_FORWARDED.has(name.toLowerCase())) headers.push(name, raw[at + 1].toString('latin1'));
  }
  return headers;
}
