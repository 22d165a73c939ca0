namespace EdgeCache.Shared.S3;

/// <summary>The operations of the S3 API that this store knows, by their API names.</summary>
#pragma warning disable CS1591 // The API reference page of each member's name is its documentation.
public enum S3Operation
{
    ListBuckets,

    CreateBucket,
    HeadBucket,
    DeleteBucket,
    GetBucketLocation,
    GetBucketVersioning,
    PutBucketVersioning,
    GetBucketAcl,
    PutBucketAcl,
    GetBucketPolicy,
    PutBucketPolicy,
    DeleteBucketPolicy,
    GetBucketPolicyStatus,
    GetBucketTagging,
    PutBucketTagging,
    DeleteBucketTagging,
    GetPublicAccessBlock,
    PutPublicAccessBlock,
    DeletePublicAccessBlock,
    GetBucketOwnershipControls,
    PutBucketOwnershipControls,
    DeleteBucketOwnershipControls,
    ListObjects,
    ListObjectsV2,
    ListObjectVersions,
    ListMultipartUploads,
    DeleteObjects,

    // Settings that can be asked for and are never configured: stock clients survive "not configured", not "not implemented".
    GetBucketAccelerateConfiguration,
    GetBucketCors,
    GetBucketEncryption,
    GetBucketLifecycleConfiguration,
    GetBucketLogging,
    GetBucketNotificationConfiguration,
    GetBucketReplication,
    GetBucketRequestPayment,
    GetBucketWebsite,

    GetObjectLockConfiguration,
    PutObjectLockConfiguration,

    PutObject,
    CopyObject,
    GetObject,
    HeadObject,
    DeleteObject,
    GetObjectAttributes,
    GetObjectAcl,
    PutObjectAcl,
    GetObjectTagging,
    PutObjectTagging,
    DeleteObjectTagging,
    GetObjectRetention,
    PutObjectRetention,
    GetObjectLegalHold,
    PutObjectLegalHold,

    CreateMultipartUpload,
    UploadPart,
    UploadPartCopy,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    ListParts,
}
#pragma warning restore CS1591
