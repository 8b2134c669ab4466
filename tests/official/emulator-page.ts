import type { ListedOperation } from '../../emulator/control/operations';
import type { SuiteResult } from './results';

/** What docs/emulator.md is made from. */
export interface PageInput {
  readonly operations: readonly ListedOperation[];
  readonly results: readonly SuiteResult[];
  /** Version of each official client by its package. */
  readonly versions: ReadonlyMap<string, string>;
}

const PRODUCTS: readonly (readonly [string, string])[] = [
  ['maxcompute', 'MaxCompute: REST and Tunnel'],
  ['oss', 'OSS'],
  ['pai-dsw', 'PAI-DSW (2022-01-01)'],
  ['pai-dlc', 'PAI-DLC (2020-12-03)'],
  ['pai-eas', 'PAI-EAS (2021-07-01)'],
  ['eas-gateway', 'PAI-EAS: gateway'],
  ['aiworkspace', 'AIWorkspace (2021-02-04)'],
  ['cms', 'CloudMonitor (2019-01-01)'],
  ['sts', 'STS (2015-04-01)'],
];

/** The clients of the suites, as people know them, in the order of the page. */
const CLIENTS: readonly {
  readonly name: string;
  readonly suites: readonly string[];
  readonly package?: string;
  readonly where: string;
}[] = [
  {
    name: 'pyodps',
    suites: ['pyodps', 'pyodps-tunnel'],
    package: 'pyodps',
    where: 'PyPI; MaxCompute’s Python SDK',
  },
  { name: 'odps-sdk', suites: ['java-sdk'], where: 'Maven; MaxCompute’s Java SDK' },
  { name: 'oss2', suites: ['oss2'], package: 'oss2', where: 'PyPI; OSS’s Python SDK' },
  { name: 'ali-oss', suites: ['ali-oss'], package: 'ali-oss', where: 'npm; OSS’s JavaScript SDK' },
  {
    name: 'alibabacloud_*',
    suites: ['openapi'],
    where: 'PyPI; one OpenAPI SDK a product, with both signatures',
  },
  {
    name: 'alipai',
    suites: ['alipai', 'alipai-proxy'],
    package: 'alipai',
    where: 'PyPI; PAI’s Python SDK, also by HTTPS_PROXY alone',
  },
];

/** The text of docs/emulator.md. Throws when a suite's client has no name here. */
export function emulatorPage(input: PageInput): string {
  const known = new Set(CLIENTS.flatMap(({ suites }) => suites));
  const nameless = input.results.filter(({ client }) => !known.has(client));
  if (nameless.length > 0) throw new Error(`no name for ${nameless.map(({ client }) => client)}`);
  const sections = PRODUCTS.map(([product, title]) => productSection({ ...input, product, title }));
  return `${[INTRODUCTION, clientsSection(input), CONTROL, SUMMARY, ...sections].join('\n\n')}\n`;
}

const INTRODUCTION = `# The local Alibaba Cloud

<!-- Made by tests/official/emulator-page.test.ts from the list of operations and the results of the official
clients' runs: WRITE_DOCS=1 npx jest tests/official/emulator-page writes it. -->

MaxCompute, OSS and PAI on loopback, for pai-loop and for any other program. Official clients of any language
reach it unmodified, by endpoint and keys. Signatures are checked as the real services check them.

\`\`\`sh
npx pai-loop emulator                  # runs in the foreground until Ctrl-C
npx pai-loop emulator --json           # one line of JSON when it is ready, for programs
PAI_LOOP_HOME=/tmp/second PAI_LOOP_PORTS=auto npx pai-loop emulator   # another one beside it
\`\`\`

State is below \`PAI_LOOP_HOME\` (or \`--home\`): a \`kill -9\` at any moment leaves no torn table or object.
What the local cloud assumes about the real one, and where it differs, is in [fidelity.md](fidelity.md).`;

const CONTROL = `## Faults on demand

\`--control-port auto\` opens a port for tests; its address (\`control.url\`) holds a random part that is the key:
without it any page in a browser and any user of the machine could break what is being tested. Off unless asked for.

| resource | |
|---|---|
| \`GET requests?product=&operation=&client=&after=\` | the last 20,000 requests: time, product, operation, method, path, status, code, client, milliseconds, fault |
| \`DELETE requests\` | empties the log |
| \`POST faults\` | one fault or a list; the first that matches a request strikes |
| \`GET faults\`, \`DELETE faults\`, \`DELETE faults/ID\` | those in force with their counts; ends them |
| \`GET operations\` | every operation, and whether it is supported |

| kind | |
|---|---|
| \`throttle\` (\`retryAfterMs\`) | refused with the product's own code and hint, nothing done |
| \`error\` (\`status\` 500, 502, 503, 504) | in the product's own form, nothing done |
| \`slow\` (\`delayMs\`) | done at once, answered late |
| \`reset\` (\`when\`: \`before\`, \`after\`) | the connection is reset before anything is done, or after all is done |
| \`stale\` | an earlier answer to the same GET |
| \`expiredToken\` | temporary keys have expired for this request |
| \`clockSkew\` (\`skewMs\`) | the server's clock is off |

Each takes \`product\`, \`operation\`, \`method\`, \`path\` (a regular expression), \`skip\`, \`count\`, \`probability\` and \`seed\`:

\`\`\`sh
curl -X POST "$CONTROL/faults" -H 'content-type: application/json' \\
  -d '{"kind":"reset","when":"after","product":"pai-dsw","operation":"CreateInstance","count":1}'
\`\`\``;

const SUMMARY = `## Operations

"Exercised by" names the official clients that called the operation with success in this repository's tests, as the
local cloud's own request log saw it.`;

function clientsSection({ results, versions }: PageInput): string {
  const rows = CLIENTS.map(({ name, suites, package: id, where }) => {
    const version = id === undefined ? '' : ` ${versions.get(id) ?? ''}`;
    const operations = new Set(ofSuites(results, suites).flatMap((one) => one.operations));
    return `| ${name}${version} | ${where} | ${operations.size} |`;
  });
  return `## Judged by\n\n| client | | operations |\n|---|---|---|\n${rows.join('\n')}`;
}

function productSection(
  given: PageInput & { readonly product: string; readonly title: string },
): string {
  const { operations, results, product, title } = given;
  const here = operations.filter((one) => one.product === product);
  const supported = here.filter((one) => one.supported).map(({ operation }) => operation);
  const absent = here.filter((one) => !one.supported).map(({ operation }) => operation);
  const rows = supported
    .sort()
    .map((name) => `| ${name} | yes | ${judges(results, `${product}/${name}`)} |`);
  const table = `| operation | supported | exercised by |\n|---|---|---|\n${rows.join('\n')}`;
  const rest = absent.length === 0 ? '' : `\n\nNot supported: ${absent.sort().join(', ')}.`;
  const all = absent.length === 0 ? '' : ` of ${here.length} documented`;
  return `### ${title}\n\n${supported.length}${all} operations.\n\n${table}${rest}`;
}

function judges(results: readonly SuiteResult[], operation: string): string {
  return CLIENTS.filter(({ suites }) =>
    ofSuites(results, suites).some((one) => one.operations.includes(operation)),
  )
    .map(({ name }) => name.replace('*', '\\*'))
    .join(', ');
}

function ofSuites(
  results: readonly SuiteResult[],
  suites: readonly string[],
): readonly SuiteResult[] {
  return results.filter(({ client }) => suites.includes(client));
}
