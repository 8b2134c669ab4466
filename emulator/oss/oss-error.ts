/** A refusal in OSS's own words; travels as the `<Error>` document. */
export class OssError extends Error {
  readonly statusCode: number;
  readonly code: string;
  /** Further elements of the document, for example `BucketName`. */
  readonly details: Readonly<Record<string, string>>;
  /** Headers that go with the refusal. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    statusCode: number,
    code: string,
    message: string,
    details: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'OssError';
    this.statusCode = statusCode;
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}

/** 404 for a key that isn't there. */
export function noSuchKey(key: string): OssError {
  return new OssError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
}

/** 404 for a bucket that isn't there. */
export function noSuchBucket(bucket: string): OssError {
  return new OssError(404, 'NoSuchBucket', 'The specified bucket does not exist.', {
    BucketName: bucket,
  });
}

/** 400 with the argument's name. */
export function invalidArgument(name: string, message: string): OssError {
  return new OssError(400, 'InvalidArgument', message, { ArgumentName: name });
}

/** 501 for an operation that the local cloud does not have; says which. */
export function notImplemented(what: string): OssError {
  return new OssError(501, 'NotImplemented', `The local OSS does not have ${what}.`);
}

/** 409 when an object must not be overwritten. */
export function fileAlreadyExists(key: string): OssError {
  return new OssError(
    409,
    'FileAlreadyExists',
    'The object you specified already exists and can not be overwritten.',
    { Key: key },
  );
}

/** 400 for a body above the largest object. */
export function entityTooLarge(): OssError {
  return new OssError(
    400,
    'EntityTooLarge',
    'Your proposed upload exceeds the maximum allowed size.',
  );
}
