/** A choice and its share; only the ratio of weights matters. */
export interface Weighted<T> {
  readonly key: string;
  readonly weight: number;
  readonly value: T;
}

interface Share {
  readonly weight: number;
  credit: number;
}

/**
 * Smooth weighted round robin (as in nginx): of any run of requests each choice gets its share, to within
 * one, and a small share is spread out instead of coming in a burst. Other weights begin a new run.
 */
export class WeightedRotation {
  private shares = new Map<string, Share>();

  /** The next choice; undefined when none has a positive weight. */
  next<T>(choices: readonly Weighted<T>[]): T | undefined {
    if (this.isOther(choices)) {
      const open = choices.filter(({ weight }) => weight > 0);
      this.shares = new Map(open.map(({ key, weight }) => [key, { weight, credit: 0 }]));
    }
    let total = 0;
    let best: Weighted<T> | undefined;
    let bestShare: Share | undefined;
    for (const choice of choices) {
      const share = this.shares.get(choice.key);
      if (!share) continue;
      total += share.weight;
      share.credit += share.weight;
      if (bestShare && share.credit <= bestShare.credit) continue;
      best = choice;
      bestShare = share;
    }
    if (bestShare) bestShare.credit -= total;
    return best?.value;
  }

  private isOther(choices: readonly Weighted<unknown>[]): boolean {
    let open = 0;
    for (const { key, weight } of choices) {
      if (weight <= 0) continue;
      open += 1;
      if (this.shares.get(key)?.weight !== weight) return true;
    }
    return open !== this.shares.size;
  }
}
