import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError } from './config-error';
import { explainSettings, formatExplanation } from './explain';
import { type LoadSettingsInput, loadSettings } from './load-settings';

const repository = path.resolve(__dirname, '..');
let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'pai-loop-config-'));
  mkdirSync(path.join(root, 'config'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: 'config/config.yaml' | 'config_local.yaml', text: string): void {
  writeFileSync(path.join(root, file), text);
}

function minimal(extra = ''): void {
  write(
    'config/config.yaml',
    `defaults:
  maxcompute: { project: from_file }
  oss: { bucket: from-file, prefix: pai-loop/x }
  pai: { workspaceId: '1' }
  temporal: { namespace: from-file, taskQueue: from-file }
${extra}`,
  );
}

function problemsOf(input: LoadSettingsInput) {
  try {
    loadSettings(input);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
  throw new Error('the settings were accepted');
}

describe('the repository as it is', () => {
  test('dev runs with no configuration at all', () => {
    const { settings, origins } = loadSettings({ root: repository, env: withoutLocal() });
    expect(settings.environment).toBe('dev');
    expect(settings.cloud).toBe('local');
    expect(settings.maxcompute.endpoint).toBe('http://127.0.0.1:9200/api');
    expect(settings.pai.endpoints.dsw).toBe('127.0.0.1:9202');
    expect(settings.pai.protocol).toBe('http');
    expect(origins['oss.endpoint']).toEqual({ kind: 'derived', from: 'the local cloud' });
  });

  test('prod names everything that it needs, and the variable that gives it', () => {
    const problems = problemsOf({ root: repository, env: withoutLocal(), environment: 'prod' });
    const keys = problems.map(({ key }) => key.replace('environments.prod.', '')).sort();
    expect(keys).toEqual(
      [
        'maxcompute.project',
        'oss.bucket',
        'pai.dswImage',
        'pai.easImage',
        'pai.workspaceId',
      ].sort(),
    );
    expect(problems.find(({ key }) => key.endsWith('project'))?.mend).toContain('ODPS_PROJECT');
  });

  test('prod on the real cloud takes the public endpoints of its region', () => {
    const env = withoutLocal({
      ODPS_PROJECT: 'sales',
      PAI_LOOP_OSS_BUCKET: 'sales',
      PAI_LOOP_PAI_WORKSPACE_ID: '40823',
      PAI_LOOP_DSW_IMAGE: 'registry/dsw:1',
      PAI_LOOP_EAS_IMAGE: 'registry/eas:1',
      PAI_LOOP_REGION: 'cn-hangzhou',
    });
    const { settings } = loadSettings({ root: repository, env, environment: 'prod' });
    expect(settings.maxcompute.endpoint).toBe(
      'https://service.cn-hangzhou.maxcompute.aliyun.com/api',
    );
    expect(settings.maxcompute.tunnelEndpoint).toBe('https://dt.cn-hangzhou.maxcompute.aliyun.com');
    expect(settings.oss.endpoint).toBe('https://oss-cn-hangzhou.aliyuncs.com');
    expect(settings.pai.endpoints).toEqual({
      dsw: 'pai-dsw.cn-hangzhou.aliyuncs.com',
      eas: 'pai-eas.cn-hangzhou.aliyuncs.com',
      aiworkspace: 'aiworkspace.cn-hangzhou.aliyuncs.com',
      cms: 'metrics.cn-hangzhou.aliyuncs.com',
    });
    expect(settings.pai.protocol).toBe('https');
    expect(settings.pai.workspaceId).toBe('40823');
  });

  // A developer's own config_local.yaml must not change what the tests see.
  function withoutLocal(env: Record<string, string> = {}) {
    const empty = path.join(root, 'empty.yaml');
    writeFileSync(empty, '');
    return { ...env, PAI_LOOP_CONFIG_LOCAL: empty };
  }
});

describe('precedence', () => {
  const env = { ODPS_PROJECT: 'from_variable', PAI_LOOP_OSS_BUCKET: 'from-variable' };

  test('private file over variable over template, each with its origin', () => {
    minimal();
    write('config_local.yaml', 'environments: { dev: { maxcompute: { project: from_local } } }');
    const { settings, origins } = loadSettings({ root, env });
    expect(settings.maxcompute.project).toBe('from_local');
    expect(settings.oss.bucket).toBe('from-variable');
    expect(settings.temporal.namespace).toBe('from-file');
    expect(settings.ports.gateway).toBe(8080);
    expect(origins['maxcompute.project']).toEqual({
      kind: 'local-file',
      file: 'config_local.yaml',
      key: 'environments.dev.maxcompute.project',
    });
    expect(origins['oss.bucket']).toEqual({ kind: 'variable', variable: 'PAI_LOOP_OSS_BUCKET' });
    expect(origins['temporal.namespace']).toMatchObject({ kind: 'file' });
    expect(origins['ports.gateway']).toEqual({ kind: 'default' });
  });

  test("an environment's own value beats the file's defaults, and leaves the other alone", () => {
    minimal('environments: { prod: { maxcompute: { project: of_prod } } }');
    const project = (environment: 'dev' | 'prod') =>
      loadSettings({ root, env: {}, environment }).settings.maxcompute.project;
    expect(project('prod')).toBe('of_prod');
    expect(project('dev')).toBe('from_file');
  });

  test('an empty value is not set', () => {
    minimal();
    write('config_local.yaml', 'defaults: { maxcompute: { project: , endpoint: "" } }');
    const { settings } = loadSettings({ root, env: { ODPS_PROJECT: ' ' } });
    expect(settings.maxcompute.project).toBe('from_file');
  });

  test('the environment: argument, private file, variable, template', () => {
    minimal('environment: prod');
    const chosen = (input: Partial<LoadSettingsInput>) =>
      loadSettings({ root, env: {}, ...input }).settings.environment;
    expect(chosen({})).toBe('prod');
    expect(chosen({ env: { PAI_LOOP_ENVIRONMENT: 'dev' } })).toBe('dev');
    write('config_local.yaml', 'environment: prod');
    expect(chosen({ env: { PAI_LOOP_ENVIRONMENT: 'dev' } })).toBe('prod');
    expect(chosen({ environment: 'dev' })).toBe('dev');
  });

  test('the private file may lie elsewhere, and then it must be there', () => {
    minimal();
    const elsewhere = path.join(root, 'mine.yaml');
    const PAI_LOOP_CONFIG_LOCAL = elsewhere;
    expect(problemsOf({ root, env: { PAI_LOOP_CONFIG_LOCAL } })).toMatchObject([
      { source: 'mine.yaml', message: 'the file is missing' },
    ]);
    writeFileSync(elsewhere, 'defaults: { region: cn-beijing }');
    expect(loadSettings({ root, env: { PAI_LOOP_CONFIG_LOCAL } }).settings.region).toBe(
      'cn-beijing',
    );
  });
});

describe('variables', () => {
  test('ports: auto, some of them, nonsense', () => {
    minimal();
    const ports = (PAI_LOOP_PORTS: string) =>
      loadSettings({ root, env: { PAI_LOOP_PORTS } }).settings.ports;
    expect(ports('auto')).toEqual({ temporal: 0, temporalUi: 0, gateway: 0, localCloud: 0 });
    expect(ports('gateway=81, temporal=0')).toMatchObject({ gateway: 81, temporal: 0 });
    for (const text of ['gateway=x', 'gateways=1', '8080', 'gateway=99999', 'gateway']) {
      const [problem] = problemsOf({ root, env: { PAI_LOOP_PORTS: text } });
      expect(problem).toMatchObject({ source: 'environment variable', key: 'PAI_LOOP_PORTS' });
    }
  });

  test('one variable sets all PAI endpoints and the protocol, a closer one beats it', () => {
    minimal();
    const { pai } = loadSettings({
      root,
      env: {
        PAI_LOOP_PAI_ENDPOINT: 'https://127.0.0.1:9302',
        PAI_LOOP_PAI_EAS_ENDPOINT: 'eas.local:1',
      },
    }).settings;
    expect(pai.protocol).toBe('https');
    expect(pai.endpoints).toMatchObject({ dsw: '127.0.0.1:9302', eas: 'eas.local:1' });
  });

  test('an access key travels with its own secret, never with that of the other family', () => {
    minimal();
    const odps = { ODPS_ACCESS_ID: 'odps-id', ODPS_ACCESS_KEY: 'odps-key' };
    expect(loadSettings({ root, env: odps }).settings.credentials.accessKeyId).toBe('odps-id');
    const mixed = { ...odps, ALIBABA_CLOUD_ACCESS_KEY_ID: 'cloud-id' };
    expect(problemsOf({ root, env: mixed })).toMatchObject([
      { key: 'environments.dev.credentials.accessKeySecret', message: 'not set' },
    ]);
  });

  test('a misspelt variable of ours is an error, a foreign one is not', () => {
    minimal();
    expect(problemsOf({ root, env: { PAI_LOOP_OSS_BUKET: 'x' } })).toMatchObject([
      { key: 'PAI_LOOP_OSS_BUKET', mend: 'Did you mean PAI_LOOP_OSS_BUCKET?' },
    ]);
    expect(() => loadSettings({ root, env: { PAI_LOOP_SOMETHING_ELSE: 'x' } })).not.toThrow();
  });
});

describe('errors', () => {
  test('all problems at once, each with file, key, value and mend', () => {
    minimal('environment: staging');
    write(
      'config_local.yaml',
      `defaults:
  oss: { buckett: b, prefix: /leading }
  temporal: { retentionDays: 0 }
  region: [a]
  pai: 5
enviroments: {}
`,
    );
    expect(problemsOf({ root, env: { TEMPORAL_ADDRESS: 'http://x:1' } })).toEqual([
      expect.objectContaining({
        source: 'config_local.yaml',
        key: 'defaults.oss.buckett',
        mend: 'Did you mean defaults.oss.bucket?',
      }),
      expect.objectContaining({ key: 'defaults.pai', message: 'expected a group of keys' }),
      expect.objectContaining({ key: 'enviroments', mend: 'Did you mean environments?' }),
      expect.objectContaining({ key: 'environment', value: '"staging"' }),
      expect.objectContaining({ key: 'defaults.region', value: '["a"]' }),
      expect.objectContaining({ key: 'defaults.oss.prefix', value: '"/leading"' }),
      expect.objectContaining({ key: 'TEMPORAL_ADDRESS', value: '"http://x:1"' }),
      expect.objectContaining({
        key: 'defaults.temporal.retentionDays',
        value: '0',
        mend: 'Use a whole number from 1 to 365',
      }),
    ]);
  });

  test('a key in the wrong group names the right one', () => {
    minimal();
    write('config_local.yaml', 'defaults: { accessKeyId: x }');
    expect(problemsOf({ root, env: {} })[0].mend).toBe(
      'Did you mean defaults.credentials.accessKeyId?',
    );
  });

  test('names inherited from Object are unknown keys like any other', () => {
    minimal();
    write('config_local.yaml', 'defaults: { constructor: 1, __proto__: { region: x } }');
    expect(problemsOf({ root, env: {} }).map(({ key }) => key)).toEqual([
      'defaults.constructor',
      'defaults.__proto__',
    ]);
  });

  test('broken YAML is told by place, without quoting the text', () => {
    minimal();
    write('config_local.yaml', 'defaults:\n  credentials: { accessKeySecret: "s3cr3t-value\n');
    const [problem] = problemsOf({ root, env: {} });
    expect(problem.message).toMatch(/isn't valid YAML at line \d+, column \d+/);
    expect(JSON.stringify(problem)).not.toContain('s3cr3t');
  });

  test('a missing template is a problem in words', () => {
    expect(problemsOf({ root, env: {} })[0]).toMatchObject({
      source: 'config/config.yaml',
      message: 'the file is missing',
    });
  });
});

describe('secrets', () => {
  const secret = 'tHe-SeCrEt-0123456789';

  test('are masked in the explanation', () => {
    minimal();
    const env = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI5tExampleOfAnId',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret,
      ALIBABA_CLOUD_SECURITY_TOKEN: secret,
      TEMPORAL_API_KEY: secret,
    };
    const loaded = loadSettings({ root, env });
    expect(loaded.settings.credentials.accessKeySecret).toBe(secret);
    const text = formatExplanation(explainSettings(loaded));
    expect(text).not.toContain(secret);
    expect(text).toContain('LTAI******OfAnId'.slice(0, 10));
    expect(text).toContain('environment variable TEMPORAL_API_KEY');
  });

  test('never show in an error, not even under a misspelt key or in an address', () => {
    minimal();
    write(
      'config_local.yaml',
      `defaults:
  credentials: { accesKeySecret: ${secret}, accessKeySecret: [${secret}] }
  oss: { endpoint: "https://user:${secret}@oss.example" }
`,
    );
    const text = String(new ConfigError(problemsOf({ root, env: {} })));
    expect(text).toContain('accesKeySecret');
    expect(text).not.toContain(secret);
  });
});
