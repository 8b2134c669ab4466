import OSS from 'ali-oss';
import fc from 'fast-check';
import { ossV1Signature, ossV1StringToSign, parseOssV1Authorization } from './v1-signature';
import { ossV4Signature, parseOssV4Authorization } from './v4-signature';

/** The signing functions of ali-oss itself. */
interface Signer {
  authorization(
    method: string,
    resource: string,
    subres: Record<string, string>,
    headers: Record<string, string>,
  ): string;
  authorizationV4(
    method: string,
    request: { headers: Record<string, string>; queries: Record<string, string | null> },
    bucket: string,
    key: string,
    additionalHeaders?: string[],
  ): string;
}

const secret = 'top+secret/=';
const client = new OSS({
  accessKeyId: 'LTAI',
  accessKeySecret: secret,
  bucket: 'pai-loop',
  region: 'oss-cn-hangzhou',
}) as unknown as Signer;

const key = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const value = fc.stringMatching(/^[!-~]([ -~]{0,18}[!-~])?$/);
const metadata = fc.dictionary(fc.stringMatching(/^x-oss-meta-[a-z0-9-]{1,8}$/), value, {
  maxKeys: 4,
});
const method = fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD');

describe('signatures of OSS', () => {
  it('V1 is what ali-oss makes', () => {
    const subResources = fc.dictionary(
      fc.constantFrom('uploadId', 'partNumber', 'response-content-type', 'acl'),
      fc.string({ maxLength: 10 }),
    );
    fc.assert(
      fc.property(key, metadata, method, subResources, (objectKey, meta, verb, subres) => {
        const date = 'Thu, 10 Jul 2025 07:35:27 GMT';
        const headers = { ...meta, 'content-type': 'text/plain', 'x-oss-date': date };
        const expected = client.authorization(verb, `/pai-loop/${objectKey}`, subres, headers);
        const stringToSign = ossV1StringToSign({
          request: {
            method: verb,
            bucket: 'pai-loop',
            key: objectKey,
            query: new Map([...Object.entries(subres), ['prefix', 'outside the signature']]),
            headers: new Map(Object.entries(headers)),
          },
        });
        const signature = ossV1Signature({ stringToSign, accessKeySecret: secret });
        expect({ accessKeyId: 'LTAI', signature }).toEqual(parseOssV1Authorization(expected));
      }),
    );
  });

  it('V4 is what ali-oss makes', () => {
    const queries = fc.dictionary(
      fc.constantFrom('prefix', 'max-keys', 'uploadId', 'list-type'),
      fc.string({ minLength: 1, maxLength: 10, unit: 'grapheme' }),
    );
    const range = fc.option(fc.constant('bytes=0-9'), { nil: undefined });
    fc.assert(
      fc.property(key, metadata, method, queries, range, (objectKey, meta, verb, query, range) => {
        const timestamp = '20250710T073527Z';
        const headers: Record<string, string> = {
          ...meta,
          ...(range && { range }),
          'content-type': 'text/plain',
          'x-oss-date': timestamp,
          'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
        };
        const expected = parseOssV4Authorization(
          client.authorizationV4(
            verb,
            { headers, queries: { ...query, uploads: null } },
            'pai-loop',
            objectKey,
            range && ['range'],
          ),
        );
        expect(expected).toMatchObject({
          accessKeyId: 'LTAI',
          region: 'cn-hangzhou',
          additionalHeaders: range ? ['range'] : [],
        });
        const signature = ossV4Signature({
          request: {
            method: verb,
            bucket: 'pai-loop',
            key: objectKey,
            query: new Map([...Object.entries(query), ['uploads', '']]),
            headers: new Map(Object.entries(headers)),
          },
          authorization: expected!,
          timestamp,
          accessKeySecret: secret,
        });
        expect(signature).toBe(expected?.signature);
      }),
    );
  });

  it('are not read out of headers of another kind', () => {
    const broken = [
      '',
      'OSS a',
      'OSS4-HMAC-SHA256 Credential=a/1/r/oss/aliyun_v4_request',
      'acs a:b',
    ];
    for (const header of broken) {
      expect(parseOssV1Authorization(header)).toBeUndefined();
      expect(parseOssV4Authorization(header)).toBeUndefined();
    }
  });
});
