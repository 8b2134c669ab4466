import type { Replica } from './replica';

/**
 * The instances of one service: those that serve, a wave that comes up beside them, and those that drain.
 * Whatever changes, an instance leaves only when what takes its place is ready.
 */
export class Fleet {
  private serving: Replica[] = [];
  private coming: Replica[] = [];
  private leaving: Replica[] = [];
  /** New instances and the ones whose place they take. */
  private readonly replacing = new Map<Replica, Replica>();
  private cursor = 0;

  constructor(private readonly make: (version: number) => Replica) {}

  /** Every instance, also those that come or go. */
  get all(): readonly Replica[] {
    return [...this.serving, ...this.coming, ...this.leaving, ...this.replacing.keys()];
  }

  /** Instances that requests may be sent to. */
  get upstreams(): readonly Replica[] {
    return this.serving.filter((replica) => replica.takesRequests);
  }

  /** What has to be ready next: the wave that comes, or else what serves. */
  get wave(): readonly Replica[] {
    return this.coming.length > 0 ? this.coming : this.serving;
  }

  get isComing(): boolean {
    return this.coming.length > 0;
  }

  /** How many serve, ready or not. */
  get size(): number {
    return this.serving.length;
  }

  /** How many of those that serve were made since a revision began. */
  countSince(revision: number): number {
    return this.serving.filter((replica) => replica.revision >= revision).length;
  }

  /** True for one that serves or comes: what happens to it concerns the service's status. */
  counts(replica: Replica): boolean {
    return this.serving.includes(replica) || this.coming.includes(replica);
  }

  /** The one with the fewest requests, in turn among equals. Called for every request: makes nothing. */
  next(tried?: ReadonlySet<Replica>): Replica | undefined {
    const { serving } = this;
    let best: Replica | undefined;
    let bestAt = 0;
    for (let step = 0; step < serving.length; step += 1) {
      const at = (this.cursor + step) % serving.length;
      const replica = serving[at];
      if (!replica.takesRequests || tried?.has(replica)) continue;
      if (best && replica.inFlight >= best.inFlight) continue;
      best = replica;
      bestAt = at;
    }
    this.cursor = bestAt + 1;
    return best;
  }

  /** Serves with new instances at once (of these versions): there was nothing ready that could go on. */
  takeOver(versions: readonly number[]): void {
    const old = [...this.serving, ...this.coming];
    this.coming = [];
    this.serving = versions.map((version) => this.started(version));
    this.leave(old);
  }

  /** Brings up a wave beside what serves; one that was coming is given up. */
  startWave(versions: readonly number[]): void {
    const abandoned = this.coming;
    this.coming = versions.map((version) => this.started(version));
    this.leave(abandoned);
  }

  /** The wave serves from now on; of the others as many stay as are needed for `count` in all. */
  finishWave(count: number): void {
    const fresh = this.coming;
    const others = this.serving;
    this.coming = [];
    // New ones first: what goes when the service shrinks is taken from the end.
    const kept = others.slice(0, Math.max(0, count - fresh.length));
    this.serving = [...fresh, ...kept];
    this.leave(others.filter((replica) => !kept.includes(replica)));
  }

  /** More instances, or fewer: those that aren't ready go first, then the ones that came last. */
  scaleTo(options: { readonly count: number; readonly version: number }): void {
    const { count, version } = options;
    while (this.serving.length < count) this.serving = [...this.serving, this.started(version)];
    if (this.serving.length === count) return;
    const ranked = [...this.serving].sort((a, b) => Number(b.isReady) - Number(a.isReady));
    const kept = new Set(ranked.slice(0, count));
    const gone = this.serving.filter((replica) => !kept.has(replica));
    this.serving = this.serving.filter((replica) => kept.has(replica));
    this.leave(gone);
  }

  /** Makes a new instance in the place of another one, which goes when the new one is ready. */
  recreate(replica: Replica): void {
    if ([...this.replacing.values()].includes(replica)) return;
    this.replacing.set(this.started(replica.version), replica);
  }

  /** To be called when an instance has become ready: puts it into the place that waits for it. */
  settle(fresh: Replica): void {
    const old = this.replacing.get(fresh);
    if (!old) return;
    this.replacing.delete(fresh);
    const isWanted = this.serving.includes(old);
    if (isWanted) this.serving = this.serving.map((other) => (other === old ? fresh : other));
    this.leave([isWanted ? old : fresh]);
  }

  /** Ends everything that is there now. */
  async endAll(options: { readonly drain: boolean }): Promise<void> {
    const all = new Set(this.all);
    this.replacing.clear();
    await Promise.all([...all].map((replica) => replica.end(options)));
    this.serving = this.serving.filter((replica) => !all.has(replica));
    this.coming = this.coming.filter((replica) => !all.has(replica));
  }

  private started(version: number): Replica {
    const replica = this.make(version);
    replica.start();
    return replica;
  }

  private leave(replicas: readonly Replica[]): void {
    this.leaving = [...this.leaving, ...replicas];
    for (const replica of replicas) {
      void replica.end().finally(() => {
        this.leaving = this.leaving.filter((other) => other !== replica);
      });
    }
  }
}
