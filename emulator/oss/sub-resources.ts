import { OSS_OPERATIONS } from './operations';
import { notImplemented, OssError } from './oss-error';
import type { OssRequest } from './oss-request';

/** Parameters that change what a request means; one that isn't its operation's must not be ignored. */
const SUB_RESOURCES = new Set(
  `accessmonitor acl append asyncFetch bucketArchiveDirectRead bucketInfo callback callback-var cname
  comp cors delete encryption group httpsConfig img inventory inventoryId lifecycle link live location
  logging metaQuery objectInfo objectMeta partNumber policy policyStatus position publicAccessBlock
  qos qosInfo redundancyTransition referer regionList replication replicationLocation
  replicationProgress requestPayment resourceGroup resourcePool restore rtc seal sequential stat status
  style styleName symlink tagging transferAcceleration uploadId uploads userDefinedLogFieldsConfig
  versionId versioning versions vod website worm wormExtend wormId x-oss-async-process
  x-oss-process x-oss-write-get-object-response`.split(/\s+/),
);

/** The sub-resources that each operation has of its own. */
const OWN = new Map<string, Set<string>>([
  ['AppendObject', new Set(['append', 'position'])],
  ['UploadPart', new Set(['partNumber', 'uploadId'])],
  ['UploadPartCopy', new Set(['partNumber', 'uploadId'])],
  ['InitiateMultipartUpload', new Set(['uploads', 'sequential'])],
]);
for (const [line, operation] of Object.entries(OSS_OPERATIONS)) {
  const own = OWN.get(operation) ?? new Set();
  for (const name of /\?(\S+)/.exec(line)?.[1].split('&') ?? []) own.add(name);
  OWN.set(operation, own);
}
const KNOWN = new Set([...OWN.values()].flatMap((own) => [...own]));

/** Refuses by name what the operation would have to ignore. */
export function checkSubResources(args: {
  readonly request: OssRequest;
  readonly operation: string | undefined;
}): void {
  const { request, operation } = args;
  const own = OWN.get(operation ?? '');
  const foreign = [...request.query.keys()].filter(
    (name) => SUB_RESOURCES.has(name) && !own?.has(name),
  );
  if (foreign.length === 0) return;
  const unknown = foreign.find((name) => !KNOWN.has(name));
  // Reading an unset configuration is known, setting one isn't.
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  if (unknown !== undefined || changes) {
    throw notImplemented(`${request.method} with the sub-resource ${unknown ?? foreign[0]}`);
  }
  throw new OssError(
    400,
    'InvalidArgument',
    `The parameter ${foreign[0]} does not go with ${operation ?? 'this request'}.`,
    { ArgumentName: foreign[0] },
  );
}
