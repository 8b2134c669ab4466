/** Remembers nonces for a while and says whether one was used before. */
export interface ReplayGuard {
  /** True when the nonce is new; false when the same access key sent it within the window. */
  admit(nonce: string): boolean;
}

/** A guard that forgets a nonce after `windowMs`, so that its memory is bounded by the request rate. */
export function createReplayGuard(options: {
  readonly windowMs: number;
  readonly clock: () => Date;
}): ReplayGuard {
  const seen = new Map<string, number>();
  return {
    admit: (nonce) => {
      const now = options.clock().getTime();
      // A Map keeps insertion order: the oldest are first, and the walk ends at the first young one.
      for (const [old, at] of seen) {
        if (now - at <= options.windowMs) break;
        seen.delete(old);
      }
      if (seen.has(nonce)) return false;
      seen.set(nonce, now);
      return true;
    },
  };
}
