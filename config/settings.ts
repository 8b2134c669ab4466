import { z } from 'zod';
import { hostPort, httpUrl, oneOf, pattern, text, whole } from './fields';

/** The two environments; each has its own namespace, project, prefix, services and credentials. */
export const environments = ['dev', 'prod'] as const;

/** `dev` or `prod`. */
export type EnvironmentName = (typeof environments)[number];

const port = () => whole({ min: 0, max: 65_535 });
const path = (what: string) => text(`Write the path of ${what}`);
const onOff = () => z.boolean({ error: 'Use true or false' });

const credentials = z
  .object({
    accessKeyId: text('Write the access key id').optional(),
    accessKeySecret: text('Write the access key secret').optional(),
    securityToken: text('Write the STS token').optional(),
  })
  .prefault({});

const maxcompute = z
  .object({
    endpoint: httpUrl('https://service.ap-southeast-1.maxcompute.aliyun.com/api').optional(),
    tunnelEndpoint: httpUrl('https://dt.ap-southeast-1.maxcompute.aliyun.com').optional(),
    project: pattern({
      pattern: /^[A-Za-z][A-Za-z0-9_]{2,62}$/,
      expects: 'Use 3 to 63 letters, digits and underscores that begin with a letter',
    }),
  })
  .prefault({} as { project: string });

const oss = z
  .object({
    endpoint: httpUrl('https://oss-ap-southeast-1.aliyuncs.com').optional(),
    bucket: pattern({
      pattern: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
      expects: 'Use 3 to 63 lower-case letters, digits and hyphens, no hyphen at either end',
    }),
    prefix: pattern({
      pattern: /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_.-]+)*$/,
      expects: 'Use words joined by /, without a slash at either end, for example pai-loop/dev',
    }),
  })
  .prefault({} as { bucket: string; prefix: string });

const network = z
  .object({
    vpcId: text('Write the id of the VPC').optional(),
    vswitchId: text('Write the id of the vSwitch').optional(),
    securityGroupId: text('Write the id of the security group').optional(),
  })
  .prefault({});

const pai = z
  .object({
    workspaceId: pattern({ pattern: /^\d+$/, expects: 'Write the digits of the PAI workspace id' }),
    protocol: oneOf(['http', 'https']).optional(),
    endpoints: z
      .object({
        dsw: hostPort('pai-dsw.ap-southeast-1.aliyuncs.com').optional(),
        eas: hostPort('pai-eas.ap-southeast-1.aliyuncs.com').optional(),
        aiworkspace: hostPort('aiworkspace.ap-southeast-1.aliyuncs.com').optional(),
        cms: hostPort('metrics.ap-southeast-1.aliyuncs.com').optional(),
      })
      .prefault({}),
    dswImage: text('Write the address of an image with glibc for DSW').optional(),
    easImage: text('Write the address of an image with glibc for EAS').optional(),
    ecsSpec: text('Write an ECS instance type such as ecs.c6.large').default('ecs.c6.large'),
    easInstanceType: text('Write an ECS instance type such as ecs.c6.large').optional(),
    ramRole: text('Write the name of the RAM role that instances act as').optional(),
    network,
  })
  .prefault({} as { workspaceId: string });

const tls = z
  .object({
    enabled: onOff().optional(),
    caFile: path('the certificate authority (PEM)').optional(),
    certFile: path('the client certificate (PEM)').optional(),
    keyFile: path('the client key (PEM)').optional(),
    serverName: text("Write the name in the server's certificate").optional(),
  })
  .prefault({});

const temporal = z
  .object({
    address: hostPort('127.0.0.1:7233').optional(),
    namespace: pattern({
      pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{1,253}[A-Za-z0-9]$/,
      expects: 'Use letters, digits, hyphens, dots and underscores',
    }),
    apiKey: text('Write the API key').optional(),
    tls,
    taskQueue: text('Write the name of the task queue, for example pai-loop-dev'),
    retentionDays: whole({ min: 1, max: 365 }).default(30),
  })
  .prefault({} as { namespace: string; taskQueue: string });

const ports = z
  .object({
    temporal: port().default(7233),
    temporalUi: port().default(8233),
    gateway: port().default(8080),
    localCloud: port().default(9200),
  })
  .prefault({});

/** The keys of one environment as they are written in the files; endpoints that are absent follow from the region. */
export const settingsSchema = z.object({
  home: path('the folder that a local run keeps its state in').optional(),
  region: pattern({
    pattern: /^[a-z]{2}(-[a-z0-9]+)+$/,
    expects: 'Write a region id such as ap-southeast-1 or cn-hangzhou',
  }).default('ap-southeast-1'),
  cloud: oneOf(['local', 'alibaba']).default('local'),
  credentials,
  maxcompute,
  oss,
  pai,
  temporal,
  runtime: z.object({ nodePath: path('a Node binary for linux-x64').optional() }).prefault({}),
  ports,
});

type Written = z.output<typeof settingsSchema>;
type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;
type Filled<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };

/** One environment, resolved and validated: what every process of the loop is configured by. */
export type Settings = Immutable<
  Omit<Written, 'home' | 'maxcompute' | 'oss' | 'pai'> & {
    environment: EnvironmentName;
    /** Absolute path of PAI_LOOP_HOME. */
    home: string;
    maxcompute: Filled<Written['maxcompute'], 'endpoint'>;
    oss: Filled<Written['oss'], 'endpoint'>;
    /** An EAS replica has the training instance's ECS type unless `easInstanceType` is set. */
    pai: Filled<
      Omit<Written['pai'], 'endpoints'> & { endpoints: Required<Written['pai']['endpoints']> },
      'protocol' | 'dswImage' | 'easImage' | 'easInstanceType'
    >;
  }
>;

/** Where a value came from. `derived` values follow from other keys (endpoints from the region). */
export type Origin =
  | { readonly kind: 'local-file' | 'file'; readonly file: string; readonly key: string }
  | { readonly kind: 'variable'; readonly variable: string }
  | { readonly kind: 'default' }
  | { readonly kind: 'derived'; readonly from: string };

/** Origin of each value by its dotted key, for example `temporal.namespace`. */
export type Origins = Readonly<Record<string, Origin>>;
