import { type ScaleStrategy, Stabiliser, wantedReplicas } from './autoscaler';
import { afterJobs, dueJobs } from './cron-scaler';
import type { Service } from './service';
import type { TrafficMeter } from './traffic-meter';

/** A rate is that of this long a time. */
const RATE_MS = 10_000;

interface Count {
  readonly at: number;
  readonly requests: number;
}

/** Scales services by their traffic and by the time; to be called once in a while. */
export class Scaling {
  private readonly counts = new Map<string, Count[]>();
  private readonly stabilisers = new Map<string, Stabiliser>();
  private lastLook: Date | undefined;

  constructor(
    private readonly options: {
      readonly meter: TrafficMeter;
      readonly clock: () => Date;
      readonly find: (name: string) => Service | undefined;
    },
  ) {}

  /** Looks at every service, and scales those that have a scaler. */
  look(services: readonly Service[]): void {
    const now = this.options.clock();
    const from = this.lastLook ?? now;
    this.lastLook = now;
    for (const service of services) this.count(service.record.name, now.getTime());
    for (const service of services) {
      if (service.record.status === 'Deleting') continue;
      this.scaleByTime({ service, from, to: now });
      this.scaleByTraffic(service, now.getTime());
    }
    const names = new Set(services.map(({ record }) => record.name));
    for (const name of [...this.counts.keys()]) if (!names.has(name)) this.forget(name);
  }

  /** What one instance of a service does: requests a second, or CPU use in percent; undefined when unknown. */
  valueOf(strategy: ScaleStrategy, scaled: Service): number | undefined {
    const service = strategy.service ? this.options.find(strategy.service) : scaled;
    if (!service) return undefined;
    const { name } = service.record;
    const instances = Math.max(1, service.upstreams.length);
    if (strategy.metricName === 'qps') {
      const rate = this.rate(name);
      return rate === undefined ? undefined : rate / instances;
    }
    const cores = this.options.meter.coresInUse(name);
    return (100 * cores) / instances / (service.plan.cpus ?? 1);
  }

  /** Forgets what was seen: a new scaler begins with a window of its own. */
  forget(name: string): void {
    this.stabilisers.delete(name);
    this.counts.delete(name);
  }

  private scaleByTraffic(service: Service, now: number): void {
    const { name, autoScaler: scaler, wanted: state } = service.record;
    if (!scaler || state !== 'running') return;
    const current = service.wantedInstances;
    const ready = Math.min(current, service.upstreams.length);
    // Of instances that only just start nothing is known.
    if (ready === 0 && current > 0) return;
    const values = scaler.strategies.map((strategy) => this.valueOf(strategy, service));
    // With none there is no load of one instance to multiply: any request brings the first ones.
    const isAwaited = current === 0 && (this.rate(name) ?? 0) > 0;
    const wanted = isAwaited
      ? scaler.activationReplicas
      : wantedReplicas({ scaler, current: ready, values });
    const stabiliser = this.stabilisers.get(name) ?? new Stabiliser();
    this.stabilisers.set(name, stabiliser);
    const count = stabiliser.decide({ scaler, current, wanted, now });
    if (count === current) return;
    const said = scaler.strategies
      .map(({ metricName }, index) => `${metricName} ${values[index]?.toFixed(1) ?? 'unknown'}`)
      .join(', ');
    void service.scaleTo(count, `AutoScaler, of one instance: ${said}`);
  }

  private scaleByTime(options: {
    readonly service: Service;
    readonly from: Date;
    readonly to: Date;
  }): void {
    const { service, from, to } = options;
    const { cronScaler } = service.record;
    if (!cronScaler) return;
    const due = dueJobs({ scaler: cronScaler, from, to });
    if (due.length === 0) return;
    void service.configure({ cronScaler: afterJobs(cronScaler, due) }, 'CronScaler');
    const last = due.filter(({ isExcluded }) => !isExcluded).at(-1);
    if (last) void service.scaleTo(last.job.targetSize, `CronScaler, job ${last.job.name}`);
  }

  private count(name: string, now: number): void {
    const counts = this.counts.get(name) ?? [];
    const recent = counts.filter(({ at }) => now - at <= RATE_MS);
    this.counts.set(name, [...recent, { at: now, requests: this.options.meter.total(name) }]);
  }

  /** Requests a second of a whole service; undefined until there are two looks to compare. */
  private rate(name: string): number | undefined {
    const counts = this.counts.get(name) ?? [];
    const [first, last] = [counts[0], counts.at(-1)];
    if (!first || !last || last.at <= first.at) return undefined;
    return (1000 * (last.requests - first.requests)) / (last.at - first.at);
  }
}
