using EdgeCache.Origin.Operations.Buckets;
using EdgeCache.Origin.Operations.Encryption;
using EdgeCache.Origin.Operations.Listing;
using EdgeCache.Origin.Operations.Locking;
using EdgeCache.Origin.Operations.Multipart;
using EdgeCache.Origin.Operations.Objects;
using EdgeCache.Origin.Operations.Posting;
using EdgeCache.Origin.Operations.Service;
using EdgeCache.Origin.Operations.Torrents;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations;

/// <summary>Sends each operation to its implementation. The switch names them all: one without an implementation does not compile.</summary>
internal static class OperationDispatcher
{
    /// <summary>Executes the operation, which either answers the request itself or returns the error to answer.</summary>
    public static Task<S3Error?> ExecuteAsync(OperationContext context) => context.Request.Operation switch
    {
        S3Operation.ListBuckets => ListBuckets.ExecuteAsync(context),

        S3Operation.CreateBucket => CreateBucket.ExecuteAsync(context),
        S3Operation.HeadBucket => HeadBucket.ExecuteAsync(context),
        S3Operation.DeleteBucket => DeleteBucket.ExecuteAsync(context),
        S3Operation.GetBucketLocation => GetBucketLocation.ExecuteAsync(context),
        S3Operation.GetBucketVersioning => GetBucketVersioning.ExecuteAsync(context),
        S3Operation.PutBucketVersioning => PutBucketVersioning.ExecuteAsync(context),
        S3Operation.GetBucketAcl => BucketAcl.GetAsync(context),
        S3Operation.PutBucketAcl => BucketAcl.PutAsync(context),
        S3Operation.GetBucketPolicy => BucketPolicies.GetAsync(context),
        S3Operation.PutBucketPolicy => BucketPolicies.PutAsync(context),
        S3Operation.DeleteBucketPolicy => BucketPolicies.DeleteAsync(context),
        S3Operation.GetBucketPolicyStatus => BucketPolicies.GetStatusAsync(context),
        S3Operation.GetBucketTagging => BucketTagging.GetAsync(context),
        S3Operation.PutBucketTagging => BucketTagging.PutAsync(context),
        S3Operation.DeleteBucketTagging => BucketTagging.DeleteAsync(context),
        S3Operation.GetPublicAccessBlock => BucketPublicAccessBlock.GetAsync(context),
        S3Operation.PutPublicAccessBlock => BucketPublicAccessBlock.PutAsync(context),
        S3Operation.DeletePublicAccessBlock => BucketPublicAccessBlock.DeleteAsync(context),
        S3Operation.GetBucketOwnershipControls => BucketOwnershipControls.GetAsync(context),
        S3Operation.PutBucketOwnershipControls => BucketOwnershipControls.PutAsync(context),
        S3Operation.DeleteBucketOwnershipControls => BucketOwnershipControls.DeleteAsync(context),
        S3Operation.GetBucketCors => BucketCors.GetAsync(context),
        S3Operation.PutBucketCors => BucketCors.PutAsync(context),
        S3Operation.DeleteBucketCors => BucketCors.DeleteAsync(context),
        S3Operation.GetBucketLifecycleConfiguration => BucketLifecycle.GetAsync(context),
        S3Operation.PutBucketLifecycleConfiguration => BucketLifecycle.PutAsync(context),
        S3Operation.DeleteBucketLifecycle => BucketLifecycle.DeleteAsync(context),
        S3Operation.GetBucketWebsite => BucketWebsite.GetAsync(context),
        S3Operation.PutBucketWebsite => BucketWebsite.PutAsync(context),
        S3Operation.DeleteBucketWebsite => BucketWebsite.DeleteAsync(context),
        S3Operation.GetBucketRequestPayment => BucketRequestPayment.GetAsync(context),
        S3Operation.PutBucketRequestPayment => BucketRequestPayment.PutAsync(context),
        S3Operation.GetBucketAccelerateConfiguration => BucketAcceleration.GetAsync(context),
        S3Operation.PutBucketAccelerateConfiguration => BucketAcceleration.PutAsync(context),
        S3Operation.ListObjects => ListObjects.ExecuteAsync(context),
        S3Operation.ListObjectsV2 => ListObjectsV2.ExecuteAsync(context),
        S3Operation.ListObjectVersions => ListObjectVersions.ExecuteAsync(context),
        S3Operation.ListMultipartUploads => ListMultipartUploads.ExecuteAsync(context),
        S3Operation.DeleteObjects => DeleteObjects.ExecuteAsync(context),

        S3Operation.GetBucketLogging or
        S3Operation.GetBucketNotificationConfiguration or
        S3Operation.GetBucketReplication => GetBucketSetting.ExecuteAsync(context),

        S3Operation.GetBucketEncryption => BucketEncryption.GetAsync(context),
        S3Operation.PutBucketEncryption => BucketEncryption.PutAsync(context),
        S3Operation.DeleteBucketEncryption => BucketEncryption.DeleteAsync(context),
        S3Operation.GetObjectLockConfiguration => BucketObjectLock.GetAsync(context),
        S3Operation.PutObjectLockConfiguration => BucketObjectLock.PutAsync(context),

        S3Operation.PutObject => PutObject.ExecuteAsync(context),
        S3Operation.PostObject => PostObject.ExecuteAsync(context),
        S3Operation.RenameObject => RenameObject.ExecuteAsync(context),
        S3Operation.CopyObject => CopyObject.ExecuteAsync(context),
        S3Operation.GetObject => ReadObject.ExecuteAsync(context),
        S3Operation.HeadObject => ReadObject.ExecuteAsync(context),
        S3Operation.DeleteObject => DeleteObject.ExecuteAsync(context),
        S3Operation.GetObjectAttributes => GetObjectAttributes.ExecuteAsync(context),
        S3Operation.GetObjectAcl => ObjectAcl.GetAsync(context),
        S3Operation.PutObjectAcl => ObjectAcl.PutAsync(context),
        S3Operation.GetObjectTagging => GetObjectTagging.ExecuteAsync(context),
        S3Operation.PutObjectTagging => PutObjectTagging.ExecuteAsync(context),
        S3Operation.DeleteObjectTagging => PutObjectTagging.RemoveAsync(context),
        S3Operation.GetObjectRetention => ObjectLocks.GetRetentionAsync(context),
        S3Operation.PutObjectRetention => ObjectLocks.PutRetentionAsync(context),
        S3Operation.GetObjectLegalHold => ObjectLocks.GetLegalHoldAsync(context),
        S3Operation.PutObjectLegalHold => ObjectLocks.PutLegalHoldAsync(context),
        S3Operation.GetObjectTorrent => GetObjectTorrent.ExecuteAsync(context),
        S3Operation.RestoreObject => RestoreObject.ExecuteAsync(context),
        S3Operation.SelectObjectContent => SelectObjectContent.ExecuteAsync(context),

        S3Operation.CreateMultipartUpload => CreateMultipartUpload.ExecuteAsync(context),
        S3Operation.UploadPart => UploadPart.ExecuteAsync(context),
        S3Operation.UploadPartCopy => UploadPartCopy.ExecuteAsync(context),
        S3Operation.CompleteMultipartUpload => CompleteMultipartUpload.ExecuteAsync(context),
        S3Operation.AbortMultipartUpload => AbortMultipartUpload.ExecuteAsync(context),
        S3Operation.ListParts => ListParts.ExecuteAsync(context),
    };
}
