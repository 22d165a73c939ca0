using EdgeCache.Origin.Operations.Buckets;
using EdgeCache.Origin.Operations.Listing;
using EdgeCache.Origin.Operations.Multipart;
using EdgeCache.Origin.Operations.Objects;
using EdgeCache.Origin.Operations.Service;
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
        S3Operation.GetBucketAcl => GetBucketAcl.ExecuteAsync(context),
        S3Operation.ListObjects => ListObjects.ExecuteAsync(context),
        S3Operation.ListObjectsV2 => ListObjectsV2.ExecuteAsync(context),
        S3Operation.ListObjectVersions => ListObjectVersions.ExecuteAsync(context),
        S3Operation.ListMultipartUploads => ListMultipartUploads.ExecuteAsync(context),
        S3Operation.DeleteObjects => DeleteObjects.ExecuteAsync(context),

        S3Operation.GetBucketAccelerateConfiguration or
        S3Operation.GetBucketCors or
        S3Operation.GetBucketEncryption or
        S3Operation.GetBucketLifecycleConfiguration or
        S3Operation.GetBucketLogging or
        S3Operation.GetBucketNotificationConfiguration or
        S3Operation.GetBucketOwnershipControls or
        S3Operation.GetBucketPolicy or
        S3Operation.GetBucketReplication or
        S3Operation.GetBucketRequestPayment or
        S3Operation.GetBucketTagging or
        S3Operation.GetBucketWebsite or
        S3Operation.GetObjectLockConfiguration or
        S3Operation.GetPublicAccessBlock => GetBucketSetting.ExecuteAsync(context),

        S3Operation.PutObject => PutObject.ExecuteAsync(context),
        S3Operation.CopyObject => CopyObject.ExecuteAsync(context),
        S3Operation.GetObject => ReadObject.ExecuteAsync(context),
        S3Operation.HeadObject => ReadObject.ExecuteAsync(context),
        S3Operation.DeleteObject => DeleteObject.ExecuteAsync(context),
        S3Operation.GetObjectAttributes => GetObjectAttributes.ExecuteAsync(context),
        S3Operation.GetObjectAcl => GetObjectAcl.ExecuteAsync(context),
        S3Operation.GetObjectTagging => GetObjectTagging.ExecuteAsync(context),

        S3Operation.CreateMultipartUpload => CreateMultipartUpload.ExecuteAsync(context),
        S3Operation.UploadPart => UploadPart.ExecuteAsync(context),
        S3Operation.UploadPartCopy => UploadPartCopy.ExecuteAsync(context),
        S3Operation.CompleteMultipartUpload => CompleteMultipartUpload.ExecuteAsync(context),
        S3Operation.AbortMultipartUpload => AbortMultipartUpload.ExecuteAsync(context),
        S3Operation.ListParts => ListParts.ExecuteAsync(context),
    };
}
