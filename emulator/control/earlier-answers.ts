import type { SeenAnswer } from './answer-tap';
import type { WholeAnswer } from './fault-answers';

/** Bodies above this size aren't kept. */
export const KEPT_BODY_BYTES = 64 * 1024;
const KEPT_ANSWERS = 500;
/** What differs between two requests for the same thing. */
const VOLATILE =
  /^(Signature|SignatureNonce|Timestamp|SecurityToken|security-token|Expires|x-oss-(signature|date|expires|credential|security-token).*)$/i;
/** Belong to one exchange, not to what was answered. */
const HOP = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length']);

/** The last answer to each of the recent GET requests, for stale reads. */
export class EarlierAnswers {
  private readonly kept = new Map<string, WholeAnswer>();

  /** The same for every request for the same thing from the same server. */
  static key(server: string, url: string): string {
    const [path, query = ''] = url.split('?', 2);
    const parameters = query
      .split('&')
      .filter((pair) => !VOLATILE.test(pair.split('=')[0]))
      .sort();
    return `${server} ${path}?${parameters.join('&')}`;
  }

  find(key: string): WholeAnswer | undefined {
    return this.kept.get(key);
  }

  remember(key: string, seen: SeenAnswer): void {
    if (!seen.isWhole || seen.status >= 500) return;
    const headers: Record<string, string> = { 'content-length': String(seen.body.length) };
    for (const [name, value] of Object.entries(seen.headers)) {
      if (value !== undefined && !HOP.has(name.toLowerCase())) headers[name] = String(value);
    }
    this.kept.delete(key);
    this.kept.set(key, { status: seen.status, headers, body: seen.body });
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT_ANSWERS && oldest !== undefined) this.kept.delete(oldest);
  }
}
