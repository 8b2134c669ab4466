import type { ConfigProblem } from './config-error';
import type { Leaf } from './key-tree';
import { editDistance } from './nearest';

type Environment = Readonly<Record<string, string | undefined>>;

interface Variable {
  readonly name: string;
  /** Dotted keys of the settings that the variable sets. */
  readonly keys: readonly string[];
  readonly read?: (text: string, keys: readonly string[]) => readonly Leaf[];
}

const paiEndpointKeys = ['dsw', 'eas', 'aiworkspace', 'cms'].map((name) => `pai.endpoints.${name}`);
const portKeys = ['temporal', 'temporalUi', 'gateway', 'localCloud'].map((name) => `ports.${name}`);

/**
 * Every environment variable that sets a value, in one place. A later line wins over an earlier one.
 * Names that the field already uses are kept; the rest begin with PAI_LOOP_.
 */
const variables: readonly Variable[] = [
  { name: 'ODPS_ACCESS_ID', keys: ['credentials.accessKeyId'] },
  { name: 'ODPS_ACCESS_KEY', keys: ['credentials.accessKeySecret'] },
  { name: 'ALIBABA_CLOUD_ACCESS_KEY_ID', keys: ['credentials.accessKeyId'] },
  { name: 'ALIBABA_CLOUD_ACCESS_KEY_SECRET', keys: ['credentials.accessKeySecret'] },
  { name: 'ALIBABA_CLOUD_SECURITY_TOKEN', keys: ['credentials.securityToken'] },
  { name: 'ODPS_PROJECT', keys: ['maxcompute.project'] },
  { name: 'ODPS_ENDPOINT', keys: ['maxcompute.endpoint'] },
  { name: 'ODPS_TUNNEL_ENDPOINT', keys: ['maxcompute.tunnelEndpoint'] },
  { name: 'TEMPORAL_ADDRESS', keys: ['temporal.address'] },
  { name: 'TEMPORAL_NAMESPACE', keys: ['temporal.namespace'] },
  { name: 'TEMPORAL_API_KEY', keys: ['temporal.apiKey'] },
  { name: 'TEMPORAL_TLS', keys: ['temporal.tls.enabled'], read: onOff },
  { name: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH', keys: ['temporal.tls.caFile'] },
  { name: 'TEMPORAL_TLS_CLIENT_CERT_PATH', keys: ['temporal.tls.certFile'] },
  { name: 'TEMPORAL_TLS_CLIENT_KEY_PATH', keys: ['temporal.tls.keyFile'] },
  { name: 'TEMPORAL_TLS_SERVER_NAME', keys: ['temporal.tls.serverName'] },
  { name: 'PAI_LOOP_HOME', keys: ['home'] },
  { name: 'PAI_LOOP_REGION', keys: ['region'] },
  { name: 'PAI_LOOP_CLOUD', keys: ['cloud'] },
  { name: 'PAI_LOOP_OSS_ENDPOINT', keys: ['oss.endpoint'] },
  { name: 'PAI_LOOP_OSS_BUCKET', keys: ['oss.bucket'] },
  { name: 'PAI_LOOP_OSS_PREFIX', keys: ['oss.prefix'] },
  { name: 'PAI_LOOP_PAI_WORKSPACE_ID', keys: ['pai.workspaceId'] },
  { name: 'PAI_LOOP_PAI_ENDPOINT', keys: paiEndpointKeys, read: paiEndpoint },
  { name: 'PAI_LOOP_PAI_DSW_ENDPOINT', keys: ['pai.endpoints.dsw'] },
  { name: 'PAI_LOOP_PAI_EAS_ENDPOINT', keys: ['pai.endpoints.eas'] },
  { name: 'PAI_LOOP_PAI_AIWORKSPACE_ENDPOINT', keys: ['pai.endpoints.aiworkspace'] },
  { name: 'PAI_LOOP_PAI_CMS_ENDPOINT', keys: ['pai.endpoints.cms'] },
  { name: 'PAI_LOOP_PAI_PROTOCOL', keys: ['pai.protocol'] },
  { name: 'PAI_LOOP_DSW_IMAGE', keys: ['pai.dswImage'] },
  { name: 'PAI_LOOP_EAS_IMAGE', keys: ['pai.easImage'] },
  { name: 'PAI_LOOP_ECS_SPEC', keys: ['pai.ecsSpec'] },
  { name: 'PAI_LOOP_EAS_INSTANCE_TYPE', keys: ['pai.easInstanceType'] },
  { name: 'PAI_LOOP_RAM_ROLE', keys: ['pai.ramRole'] },
  { name: 'PAI_LOOP_VPC_ID', keys: ['pai.network.vpcId'] },
  { name: 'PAI_LOOP_VSWITCH_ID', keys: ['pai.network.vswitchId'] },
  { name: 'PAI_LOOP_SECURITY_GROUP_ID', keys: ['pai.network.securityGroupId'] },
  { name: 'PAI_LOOP_TASK_QUEUE', keys: ['temporal.taskQueue'] },
  { name: 'PAI_LOOP_RETENTION_DAYS', keys: ['temporal.retentionDays'], read: number },
  { name: 'PAI_LOOP_NODE_PATH', keys: ['runtime.nodePath'] },
  { name: 'PAI_LOOP_PORTS', keys: portKeys, read: ports },
];

/** Variables that the loader itself reads: which environment, and where the private file is. */
export const loaderVariables = {
  environment: 'PAI_LOOP_ENVIRONMENT',
  localFile: 'PAI_LOOP_CONFIG_LOCAL',
} as const;

/** A value that an environment variable sets. */
export interface VariableLeaf extends Leaf {
  readonly variable: string;
}

/** The values that environment variables set, weakest first; an empty variable is not set. */
export function readVariables(env: Environment): readonly VariableLeaf[] {
  // Keys travel in pairs: an id of one family with the secret of another would sign nothing.
  const skipOdpsKeys = isSet(env, 'ALIBABA_CLOUD_ACCESS_KEY_ID');
  return variables
    .filter(({ name }) => isSet(env, name) && !(skipOdpsKeys && name.startsWith('ODPS_ACCESS_')))
    .flatMap(({ name, keys, read }) => {
      const text = (env[name] as string).trim();
      const leaves = read?.(text, keys) ?? keys.map((key) => ({ key, value: text }));
      return leaves.map((leaf) => ({ ...leaf, variable: name }));
    });
}

/** Variables that look like a misspelt one of ours. */
export function misspeltVariables(env: Environment): readonly ConfigProblem[] {
  const known = [...variables.map(({ name }) => name), ...Object.values(loaderVariables)];
  return Object.keys(env)
    .filter((name) => name.startsWith('PAI_LOOP_') && !known.includes(name))
    .flatMap((name) => {
      const near = known.find((candidate) => editDistance({ from: name, to: candidate }) <= 2);
      if (near === undefined) return [];
      const mend = `Did you mean ${near}?`;
      return [{ source: 'environment variable', key: name, message: 'unknown variable', mend }];
    });
}

/** The variable that sets a key, for messages that tell people what to set. */
export function variableFor(key: string): string | undefined {
  return variables.findLast(({ keys }) => keys.length === 1 && keys[0] === key)?.name;
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '').trim() !== '';
}

function number(text: string, keys: readonly string[]): readonly Leaf[] {
  return keys.map((key) => ({ key, value: /^-?\d+$/.test(text) ? Number(text) : text }));
}

function onOff(text: string, keys: readonly string[]): readonly Leaf[] {
  const words: Readonly<Record<string, boolean>> = { true: true, 1: true, false: false, 0: false };
  return keys.map((key) => ({ key, value: words[text.toLowerCase()] ?? text }));
}

// `http://127.0.0.1:9202` says the protocol too; a bare host leaves it as it is.
function paiEndpoint(text: string, keys: readonly string[]): readonly Leaf[] {
  const match = /^(https?):\/\/([^/]+)\/?$/.exec(text);
  if (match === null) return keys.map((key) => ({ key, value: text }));
  const endpoints = keys.map((key) => ({ key, value: match[2] }));
  return [...endpoints, { key: 'pai.protocol', value: match[1] }];
}

// `auto` takes free ports; `gateway=8081,temporal=0` sets some of them.
function ports(text: string, keys: readonly string[]): readonly Leaf[] {
  if (text === 'auto') return keys.map((key) => ({ key, value: 0 }));
  return text.split(',').flatMap((part) => {
    const [name, value] = part.split('=').map((word) => word.trim());
    const key = `ports.${name}`;
    return keys.includes(key) ? number(value ?? '', [key]) : [{ key: 'ports', value: text }];
  });
}
