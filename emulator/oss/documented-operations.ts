/** Operations of OSS's API reference, by the names there ("API overview"), apart from LiveChannel and access points. */
export const OSS_DOCUMENTED: readonly string[] = `
  ListBuckets DescribeRegions PutBucket DeleteBucket HeadBucket ListObjects ListObjectsV2 GetBucketInfo GetBucketLocation
  GetBucketStat PutBucketAcl GetBucketAcl InitiateBucketWorm AbortBucketWorm CompleteBucketWorm ExtendBucketWorm
  GetBucketWorm PutBucketLifecycle GetBucketLifecycle DeleteBucketLifecycle PutBucketTransferAcceleration
  GetBucketTransferAcceleration PutBucketVersioning GetBucketVersioning ListObjectVersions PutBucketReplication
  GetBucketReplication GetBucketReplicationLocation GetBucketReplicationProgress DeleteBucketReplication
  PutBucketPolicy GetBucketPolicy DeleteBucketPolicy PutBucketInventory GetBucketInventory ListBucketInventory
  DeleteBucketInventory PutBucketLogging GetBucketLogging DeleteBucketLogging PutBucketWebsite GetBucketWebsite
  DeleteBucketWebsite PutBucketReferer GetBucketReferer PutBucketTags GetBucketTags DeleteBucketTags
  PutBucketEncryption GetBucketEncryption DeleteBucketEncryption PutBucketRequestPayment GetBucketRequestPayment
  PutBucketCors GetBucketCors DeleteBucketCors OptionObject PutObject CopyObject AppendObject PostObject GetObject
  HeadObject GetObjectMeta DeleteObject DeleteMultipleObjects RestoreObject SelectObject CreateSelectObjectMeta
  InitiateMultipartUpload UploadPart UploadPartCopy CompleteMultipartUpload AbortMultipartUpload
  ListMultipartUploads ListParts PutObjectACL GetObjectACL PutSymlink GetSymlink PutObjectTagging GetObjectTagging
  DeleteObjectTagging PutStyle GetStyle ListStyle DeleteStyle`
  .trim()
  .split(/\s+/);
