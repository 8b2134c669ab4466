import { createHmac } from 'node:crypto';
import { byCodeUnit, percentEncode } from './percent-encode';

/**
 * The base64 HMAC-SHA1 signature of an RPC v1 call over all its parameters (query and form together,
 * decoded) but `Signature` itself (protocol: Alibaba Cloud "RPC-style request signatures").
 */
export function rpcSignature(args: {
  readonly method: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly accessKeySecret: string;
}): string {
  const canonical = [...args.parameters]
    .filter(([name]) => name !== 'Signature')
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
  const stringToSign = `${args.method}&${percentEncode('/')}&${percentEncode(canonical)}`;
  return createHmac('sha1', `${args.accessKeySecret}&`).update(stringToSign).digest('base64');
}
