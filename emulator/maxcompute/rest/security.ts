import { createHmac, randomBytes } from 'node:crypto';
import { childText, escapeXml, parseXml } from '../../../alibaba/maxcompute/wire/xml';
import { invalid } from '../api-error';
import { type ApiAnswer, type ApiRequest, type Service, textBody, xml } from '../service';

/** Tokens are only shown, never accepted: a key of this process is enough. */
const tokenKey = randomBytes(32);

/** POST /projects/{p}/authorization: a security query, or a token for Logview. */
export async function authorization(service: Service, request: ApiRequest): Promise<ApiAnswer> {
  const body = await textBody(request);
  if (request.query.has('sign_bearer_token')) return result(bearerToken(request, body));
  const query = (childText(parseXml(body), 'Query') ?? '').trim().replace(/;$/, '').trim();
  if (/^whoami$/i.test(query)) return result(JSON.stringify(whoAmI(service, request)));
  throw invalid(`Security query '${query}' is not supported by the local MaxCompute`);
}

function result(text: string): ApiAnswer {
  return xml(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Authorization><Result>${escapeXml(text)}</Result></Authorization>`,
  );
}

function whoAmI(service: Service, request: ApiRequest): Readonly<Record<string, string>> {
  const { owner } = service.warehouse;
  return { DisplayName: owner, ID: request.accessKeyId, SourceIP: '127.0.0.1', RelatedActions: '' };
}

/** A signature, who, until when and what for, joined and in base64. Throws 400 for a body that isn't JSON. */
function bearerToken(request: ApiRequest, body: string): string {
  const { policy, expires_in_hours: hours } = tokenRequest(body);
  const until = Math.floor(Date.now() / 1000) + Number(hours ?? 24) * 3600;
  const said = `ODPS_OBO:${request.accessKeyId},${until},${JSON.stringify(policy ?? {})}`;
  const signature = createHmac('sha1', tokenKey).update(said).digest('base64');
  return Buffer.from(`${signature},${said}`).toString('base64');
}

function tokenRequest(body: string): {
  readonly policy?: unknown;
  readonly expires_in_hours?: unknown;
} {
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json === 'object' && json !== null) return json;
  } catch {
    // The error below says what was expected.
  }
  throw invalid('The body is no JSON object with a policy');
}
