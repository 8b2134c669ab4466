/** Upper bounds of the latency histogram's buckets, seconds: fine where one prediction lies (well under 1 ms). */
const BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
] as const;
const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** What the metrics page says about the model that serves. */
export interface ModelLabels {
  readonly modelVersion: string;
  readonly kind: string;
}

/** Counters of one process; `observe` is on the path of every request and allocates nothing. */
export class ServingMetrics {
  readonly #classes = new Float64Array(CLASSES.length);
  readonly #buckets = new Float64Array(BUCKETS.length + 1);
  readonly #startedAt = Date.now() / 1000 - process.uptime();
  #seconds = 0;
  #predictions = 0;
  #warnings = 0;

  /** Counts one answered request: its HTTP status and how long it took, in seconds. */
  observe(request: { readonly status: number; readonly seconds: number }): void {
    this.#classes[Math.floor(request.status / 100) - 1]! += 1;
    let bucket = 0;
    while (bucket < BUCKETS.length && request.seconds > BUCKETS[bucket]!) bucket += 1;
    this.#buckets[bucket]! += 1;
    this.#seconds += request.seconds;
  }

  /** Counts predicted rows, and those among them that came with a warning. */
  predicted(rows: { readonly count: number; readonly withWarnings: number }): void {
    this.#predictions += rows.count;
    this.#warnings += rows.withWarnings;
  }

  /** The page in the Prometheus text format, version 0.0.4. */
  render(state: ModelLabels & { readonly ready: boolean }): string {
    const model = `model_version="${escaped(state.modelVersion)}",kind="${escaped(state.kind)}"`;
    const memory = process.memoryUsage();
    const cpu = process.cpuUsage();
    return [
      ...family('pai_loop_http_requests_total', 'counter', 'Answered requests by status class.'),
      ...CLASSES.map(
        (name, at) => `pai_loop_http_requests_total{status="${name}"} ${this.#classes[at]}`,
      ),
      ...this.#histogram('pai_loop_http_request_duration_seconds'),
      ...family('pai_loop_predictions_total', 'counter', 'Predicted rows.'),
      `pai_loop_predictions_total ${this.#predictions}`,
      ...family('pai_loop_prediction_warnings_total', 'counter', 'Predicted rows with a warning.'),
      `pai_loop_prediction_warnings_total ${this.#warnings}`,
      ...family('pai_loop_model_info', 'gauge', 'The model that serves; always 1.'),
      `pai_loop_model_info{${model}} 1`,
      ...family('pai_loop_ready', 'gauge', '1 when the model passed its own check.'),
      `pai_loop_ready ${state.ready ? 1 : 0}`,
      ...family('process_resident_memory_bytes', 'gauge', 'Resident memory, bytes.'),
      `process_resident_memory_bytes ${memory.rss}`,
      ...family('nodejs_heap_size_used_bytes', 'gauge', 'Used heap, bytes.'),
      `nodejs_heap_size_used_bytes ${memory.heapUsed}`,
      ...family('process_cpu_seconds_total', 'counter', 'User and system CPU time, seconds.'),
      `process_cpu_seconds_total ${(cpu.user + cpu.system) / 1e6}`,
      ...family('process_start_time_seconds', 'gauge', 'Start, seconds since 1970.'),
      `process_start_time_seconds ${this.#startedAt.toFixed(3)}`,
      '',
    ].join('\n');
  }

  #histogram(name: string): string[] {
    let total = 0;
    const buckets = BUCKETS.map((bound, at) => {
      total += this.#buckets[at]!;
      return `${name}_bucket{le="${bound}"} ${total}`;
    });
    total += this.#buckets[BUCKETS.length]!;
    return [
      ...family(name, 'histogram', 'From the headers read to the answer written, seconds.'),
      ...buckets,
      `${name}_bucket{le="+Inf"} ${total}`,
      `${name}_sum ${this.#seconds}`,
      `${name}_count ${total}`,
    ];
  }
}

function family(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

/** Escapes a label value as the text format asks: backslash, quote, newline. */
function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
