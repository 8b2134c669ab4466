import http from 'node:http';

/** What a load generator is told: `node eas-load.js '{…}'`. */
export interface LoadOptions {
  readonly url: string;
  readonly token: string;
  /** Requests a second, begun evenly whatever the answers take. */
  readonly rate: number;
  /** It ends by itself after so many; without it, when its standard input does. */
  readonly total?: number;
  /** Paths (with their queries) and methods that are asked for in turn. */
  readonly requests: readonly { readonly method: string; readonly path: string }[];
}

/** What it prints at its end, as one line of JSON; `begun` comes before it, with the first answer. */
export interface LoadResult {
  readonly sent: number;
  /** Answers by status; `0` is a request without an answer. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers of status 200 by the header `x-word`. */
  readonly words: Readonly<Record<string, number>>;
  /** Requests that had no answer or one of status 500 and above, by method. */
  readonly failed: Readonly<Record<string, number>>;
  /** The first of them. */
  readonly examples: readonly string[];
  /** Milliseconds that the slowest answer took. */
  readonly slowestMs: number;
}

/** Asks at a steady rate. */
class Load {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  private readonly statuses: Record<string, number> = {};
  private readonly words: Record<string, number> = {};
  private readonly failed: Record<string, number> = {};
  private readonly examples: string[] = [];
  private readonly started = performance.now();
  private sent = 0;
  private open = 0;
  private slowestMs = 0;
  private isOver = false;
  private isTold = false;

  constructor(private readonly options: LoadOptions) {}

  run(): void {
    process.stdin.resume();
    process.stdin.once('end', () => this.stop());
    const timer = setInterval(() => {
      if (this.isOver) clearInterval(timer);
      else this.catchUp();
    }, 4);
  }

  private catchUp(): void {
    const { rate, total = Number.POSITIVE_INFINITY } = this.options;
    const due = ((performance.now() - this.started) / 1000) * rate;
    while (this.sent < Math.min(due, total)) this.ask();
    if (this.sent >= total) this.stop();
  }

  private stop(): void {
    this.isOver = true;
    this.finish();
  }

  private ask(): void {
    const { url, token, requests } = this.options;
    const { method, path } = requests[this.sent % requests.length];
    const began = performance.now();
    this.sent += 1;
    this.open += 1;
    const end = (status: number, word: string): void => {
      this.count({ status, word, method, began });
      this.open -= 1;
      this.finish();
    };
    const request = http.request(
      `${url}${path}`,
      { agent: this.agent, method, headers: { authorization: token } },
      (response) => {
        response.resume();
        response.once('error', () => end(0, 'cut'));
        response.once('end', () =>
          end(response.statusCode ?? 0, String(response.headers['x-word'])),
        );
      },
    );
    request.once('error', (error: NodeJS.ErrnoException) => end(0, error.code ?? error.message));
    request.end(method === 'POST' ? '{"a":1}' : undefined);
  }

  private count(answer: {
    readonly status: number;
    readonly word: string;
    readonly method: string;
    readonly began: number;
  }): void {
    const { status, word, method, began } = answer;
    const took = performance.now() - began;
    if (Object.keys(this.statuses).length === 0) process.stdout.write('begun\n');
    this.slowestMs = Math.max(this.slowestMs, took);
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (status === 200) this.words[word] = (this.words[word] ?? 0) + 1;
    if (status !== 0 && status < 500) return;
    this.failed[method] = (this.failed[method] ?? 0) + 1;
    const at = ((began - this.started) / 1000).toFixed(2);
    if (this.examples.length < 10) this.examples.push(`${at}s ${method} ${status} ${word}`);
  }

  private finish(): void {
    if (!this.isOver || this.open > 0 || this.isTold) return;
    this.isTold = true;
    const { sent, statuses, words, failed, examples, slowestMs } = this;
    const result: LoadResult = { sent, statuses, words, failed, examples, slowestMs };
    process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
  }
}

if (require.main === module) new Load(JSON.parse(process.argv[2]) as LoadOptions).run();
