import type { IncomingHttpHeaders } from 'node:http';

/** How the clients that are known introduce themselves, and what they are called. */
const CLIENTS: readonly (readonly [RegExp, string])[] = [
  [/\bpyodps\/([\w.]+)/i, 'pyodps'],
  [/\bJavaSDK\b.*?\bVersion:([\w.-]+)/i, 'odps-sdk-java'],
  [/\baliyun-sdk-python\/([\w.]+)/i, 'oss2'],
  [/\baliyun-sdk-nodejs\/([\w.]+)/i, 'ali-oss'],
  [/\bPAI-Python-SDK\/([\w.]+)/i, 'alipai'],
  [/\bpai-loop\b()/, 'pai-loop'],
  [/\bAlibabaCloud \(.*?\) Python\/[\w.]+ Core\/([\w.]+)/i, 'alibabacloud-python'],
  [/\bAlibabaCloud \(.*?\) Node\.js\/[\w.]+ Core\/([\w.]+)/i, 'alibabacloud-node'],
];
const LONGEST = 120;

/** A request's client by its own words: a known name with its version, else the user agent, cut short. */
export function clientName(headers: IncomingHttpHeaders): string {
  const own = headers['x-odps-user-agent'];
  const said = `${Array.isArray(own) ? own.join(' ') : (own ?? '')} ${headers['user-agent'] ?? ''}`;
  for (const [pattern, name] of CLIENTS) {
    const found = pattern.exec(said);
    if (found) return found[1] ? `${name} ${found[1]}` : name;
  }
  return said.trim().slice(0, LONGEST) || 'unknown';
}
