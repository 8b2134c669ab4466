import type { z } from 'zod';
import { defaultHome, expandHome } from './home';
import type { EnvironmentName, Settings, settingsSchema } from './settings';

type Written = z.output<typeof settingsSchema>;

/** Values that follow from other keys, and the words that say from which. */
export interface Derived {
  readonly settings: Settings;
  /** Dotted key -> what it followed from. */
  readonly derived: Readonly<Record<string, string>>;
}

/** Ports of the local cloud's services, from its first port up; all 0 (free ones) when that is 0. */
export function localCloudPorts(first: number) {
  const nth = (offset: number) => (first === 0 ? 0 : first + offset);
  return { maxcompute: nth(0), oss: nth(1), pai: nth(2), eas: nth(3) } as const;
}

/**
 * Fills what nobody wrote: the region's public endpoints (patterns of the products' endpoint pages),
 * or the local cloud's on loopback.
 */
export function deriveSettings(input: {
  readonly written: Written;
  readonly environment: EnvironmentName;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Derived {
  const { written, environment } = input;
  const defaults = written.cloud === 'local' ? localDefaults(written) : regionDefaults(written);
  const derived: Record<string, string> = {};
  const fill = (key: string, value: string | undefined, otherwise: string): string => {
    if (value === undefined) derived[key] = defaults.from;
    return value ?? otherwise;
  };
  const { maxcompute, oss, pai } = written;
  const settings: Settings = {
    ...written,
    environment,
    home: written.home ? expandHome({ path: written.home }) : defaultHome({ env: input.env }),
    maxcompute: {
      ...maxcompute,
      endpoint: fill('maxcompute.endpoint', maxcompute.endpoint, defaults.maxcompute),
      // A given endpoint says itself where its tunnel is; only the derived pair belongs together.
      tunnelEndpoint:
        maxcompute.endpoint === undefined
          ? fill('maxcompute.tunnelEndpoint', maxcompute.tunnelEndpoint, defaults.tunnel)
          : maxcompute.tunnelEndpoint,
    },
    oss: { ...oss, endpoint: fill('oss.endpoint', oss.endpoint, defaults.oss) },
    pai: {
      ...pai,
      endpoints: {
        dsw: fill('pai.endpoints.dsw', pai.endpoints.dsw, defaults.dsw),
        eas: fill('pai.endpoints.eas', pai.endpoints.eas, defaults.eas),
        aiworkspace: fill(
          'pai.endpoints.aiworkspace',
          pai.endpoints.aiworkspace,
          defaults.aiworkspace,
        ),
        cms: fill('pai.endpoints.cms', pai.endpoints.cms, defaults.cms),
      },
      protocol: fill('pai.protocol', pai.protocol, defaults.protocol) as 'http' | 'https',
      dswImage: fill('pai.dswImage', pai.dswImage, 'local/glibc'),
      easImage: fill('pai.easImage', pai.easImage, 'local/glibc'),
      easInstanceType: pai.easInstanceType ?? pai.ecsSpec,
    },
  };
  if (pai.easInstanceType === undefined) derived['pai.easInstanceType'] = 'pai.ecsSpec';
  if (written.home === undefined) derived['home'] = "the user's data folder";
  return { settings, derived };
}

function regionDefaults({ region }: Written) {
  return {
    from: `region ${region}`,
    maxcompute: `https://service.${region}.maxcompute.aliyun.com/api`,
    tunnel: `https://dt.${region}.maxcompute.aliyun.com`,
    oss: `https://oss-${region}.aliyuncs.com`,
    dsw: `pai-dsw.${region}.aliyuncs.com`,
    eas: `pai-eas.${region}.aliyuncs.com`,
    aiworkspace: `aiworkspace.${region}.aliyuncs.com`,
    cms: `metrics.${region}.aliyuncs.com`,
    protocol: 'https',
  } as const;
}

function localDefaults({ ports }: Written) {
  const local = localCloudPorts(ports.localCloud);
  const pai = `127.0.0.1:${local.pai}`;
  return {
    from: 'the local cloud',
    maxcompute: `http://127.0.0.1:${local.maxcompute}/api`,
    tunnel: `http://127.0.0.1:${local.maxcompute}`,
    oss: `http://127.0.0.1:${local.oss}`,
    dsw: pai,
    eas: pai,
    aiworkspace: pai,
    cms: pai,
    protocol: 'http',
  } as const;
}
