import OpenApiUtil from '@alicloud/openapi-util';
import { Request } from '@alicloud/tea-typescript';
import fc from 'fast-check';
import { ACS3_ALGORITHM, acs3Signature, parseAcs3Authorization, sha256Hex } from './acs3';
import { percentEncode } from './percent-encode';
import { parseRoaAuthorization, roaSignature, roaStringToSign } from './roa-v2';
import { rpcSignature } from './rpc-v1';

const accessKeySecret = 'top+secret/=';
const text = fc.string({ maxLength: 16, unit: 'grapheme' });
const query = fc.dictionary(fc.stringMatching(/^[A-Z][A-Za-z0-9.]{0,8}$/), text, { maxKeys: 5 });
const segments = fc.array(fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }), {
  maxLength: 3,
});
const method = fc.constantFrom('GET', 'PUT', 'POST', 'DELETE');

function sdkRequest(args: {
  readonly verb: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
}): Request {
  const request = new Request();
  request.method = args.verb;
  request.pathname = args.path;
  request.query = args.query;
  request.headers = args.headers;
  return request;
}

describe('signatures of OpenAPI', () => {
  it('ACS3 is what the SDK makes', () => {
    fc.assert(
      fc.property(method, segments, query, text, (verb, parts, parameters, body) => {
        const path = `/api/v2/${parts.map(percentEncode).join('/')}`;
        const headers = {
          host: '127.0.0.1:9203',
          'x-acs-action': 'ListServices',
          'x-acs-date': '2025-07-10T07:35:27Z',
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'not signed',
        };
        const expected = parseAcs3Authorization(
          OpenApiUtil.getAuthorization(
            sdkRequest({ verb, path, query: parameters, headers }),
            ACS3_ALGORITHM,
            sha256Hex(body),
            'LTAI',
            accessKeySecret,
          ),
        );
        const request = {
          method: verb,
          path,
          query: new Map(Object.entries(parameters)),
          headers: new Map(Object.entries(headers)),
          signedHeaders: expected?.signedHeaders ?? [],
          body: Buffer.from(body),
        };
        expect(acs3Signature({ request, accessKeySecret })).toBe(expected?.signature);
        expect(expected?.accessKeyId).toBe('LTAI');
      }),
    );
  });

  it('ROA v2 is what the SDK makes', () => {
    fc.assert(
      fc.property(method, segments, query, (verb, parts, parameters) => {
        const path = `/api/v2/${parts.map(percentEncode).join('/')}`;
        const headers = {
          accept: 'application/json',
          date: 'Thu, 10 Jul 2025 07:35:27 GMT',
          'x-acs-version': '2021-07-01',
          'x-acs-signature-nonce': 'n 1\tx',
        };
        const request = {
          method: verb,
          path,
          query: new Map(Object.entries(parameters)),
          headers: new Map(Object.entries(headers)),
        };
        const sdk = sdkRequest({ verb, path, query: parameters, headers });
        const stringToSign = roaStringToSign({ request, bareEmptyValues: false });
        const expected = OpenApiUtil.getStringToSign(sdk);
        expect(stringToSign).toBe(expected);
        expect(roaSignature({ stringToSign, accessKeySecret })).toBe(
          OpenApiUtil.getROASignature(expected, accessKeySecret),
        );
      }),
    );
  });

  it('RPC v1 is what the SDK makes', () => {
    fc.assert(
      fc.property(method, query, (verb, parameters) => {
        const signed = { ...parameters, Action: 'DescribeMetricList' };
        const all = new Map([...Object.entries(signed), ['Signature', 'not part of itself']]);
        expect(rpcSignature({ method: verb, parameters: all, accessKeySecret })).toBe(
          OpenApiUtil.getRPCSignature(signed, verb, accessKeySecret),
        );
      }),
    );
  });

  it('are not read out of headers of another kind', () => {
    for (const header of ['', 'acs a', 'ACS3-HMAC-SHA256 Credential=a', 'Bearer x']) {
      expect(parseAcs3Authorization(header)).toBeUndefined();
      expect(parseRoaAuthorization(header)).toBeUndefined();
    }
  });

  it('percent-encode so that decoding gives the text back, with nothing reserved left', () => {
    fc.assert(
      fc.property(text, (one) => {
        expect(percentEncode(one)).toMatch(/^([A-Za-z0-9._~-]|%[0-9A-F]{2})*$/);
        expect(decodeURIComponent(percentEncode(one))).toBe(one);
      }),
    );
  });
});
