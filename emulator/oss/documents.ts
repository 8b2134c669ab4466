import { createHash } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import { OssError } from './oss-error';
import { type OssRequest, readBody } from './oss-request';

const parser = new XMLParser({ parseTagValue: false, trimValues: false, htmlEntities: true });

/** Reads a request's XML document whole, held to its Content-MD5 where there is one. */
export async function readDocument(request: OssRequest): Promise<Buffer> {
  const body = await readBody(request);
  checkMd5(request, createHash('md5').update(body).digest('base64'));
  return body;
}

/** Holds a body's MD5 (base64) to the one that the request announced. */
export function checkMd5(request: OssRequest, actual: string): void {
  const announced = request.headers.get('content-md5');
  if (announced === undefined || announced === actual) return;
  throw new OssError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.', {
    'Content-MD5': announced,
  });
}

/** Reads an XML body; refuses what isn't XML. */
export function parseXml(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return parser.parse(body.toString('utf8'), true) as Record<string, unknown>;
  } catch {
    throw malformedXml();
  }
}

/** 400 for a body that isn't the document the operation takes. */
export function malformedXml(): OssError {
  return new OssError(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema.',
  );
}
