using static EdgeCache.Shared.S3.S3Operation;

namespace EdgeCache.Shared.S3;

/// <summary>
/// The IAM action that each operation needs
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html">required permissions for S3 operations</see>).
/// The switch has no default arm: an operation without a permission does not compile.
/// </summary>
public static class S3Actions
{
    /// <summary>The action's name, e.g. <c>s3:GetObject</c>.</summary>
    /// <param name="op">The operation. A copy also needs <c>s3:GetObject</c> of its source; DeleteObjects needs its action for each key.</param>
    /// <param name="versionIdGiven">Whether the request (or the entry of DeleteObjects) names a version.</param>
    public static string For(S3Operation op, bool versionIdGiven) => op switch
    {
        ListBuckets => "s3:ListAllMyBuckets",

        CreateBucket => "s3:CreateBucket",
        HeadBucket => "s3:ListBucket",
        DeleteBucket => "s3:DeleteBucket",
        GetBucketLocation => "s3:GetBucketLocation",
        GetBucketVersioning => "s3:GetBucketVersioning",
        PutBucketVersioning => "s3:PutBucketVersioning",
        GetBucketAcl => "s3:GetBucketAcl",
        PutBucketAcl => "s3:PutBucketAcl",
        GetBucketPolicy => "s3:GetBucketPolicy",
        PutBucketPolicy => "s3:PutBucketPolicy",
        DeleteBucketPolicy => "s3:DeleteBucketPolicy",
        GetBucketPolicyStatus => "s3:GetBucketPolicyStatus",
        GetBucketTagging => "s3:GetBucketTagging",
        PutBucketTagging => "s3:PutBucketTagging",
        DeleteBucketTagging => "s3:PutBucketTagging",
        GetPublicAccessBlock => "s3:GetBucketPublicAccessBlock",
        PutPublicAccessBlock => "s3:PutBucketPublicAccessBlock",
        DeletePublicAccessBlock => "s3:PutBucketPublicAccessBlock",
        GetBucketOwnershipControls => "s3:GetBucketOwnershipControls",
        PutBucketOwnershipControls => "s3:PutBucketOwnershipControls",
        DeleteBucketOwnershipControls => "s3:PutBucketOwnershipControls",
        GetBucketCors => "s3:GetBucketCORS",
        PutBucketCors => "s3:PutBucketCORS",
        DeleteBucketCors => "s3:PutBucketCORS",
        GetBucketLifecycleConfiguration => "s3:GetLifecycleConfiguration",
        PutBucketLifecycleConfiguration => "s3:PutLifecycleConfiguration",
        DeleteBucketLifecycle => "s3:PutLifecycleConfiguration",
        GetBucketWebsite => "s3:GetBucketWebsite",
        PutBucketWebsite => "s3:PutBucketWebsite",
        DeleteBucketWebsite => "s3:DeleteBucketWebsite",
        GetBucketRequestPayment => "s3:GetBucketRequestPayment",
        PutBucketRequestPayment => "s3:PutBucketRequestPayment",
        GetBucketAccelerateConfiguration => "s3:GetAccelerateConfiguration",
        PutBucketAccelerateConfiguration => "s3:PutAccelerateConfiguration",
        ListObjects => "s3:ListBucket",
        ListObjectsV2 => "s3:ListBucket",
        ListObjectVersions => "s3:ListBucketVersions",
        ListMultipartUploads => "s3:ListBucketMultipartUploads",
        DeleteObjects => versionIdGiven ? "s3:DeleteObjectVersion" : "s3:DeleteObject",

        GetBucketEncryption => "s3:GetEncryptionConfiguration",
        PutBucketEncryption => "s3:PutEncryptionConfiguration",
        DeleteBucketEncryption => "s3:PutEncryptionConfiguration",
        GetBucketLogging => "s3:GetBucketLogging",
        GetBucketNotificationConfiguration => "s3:GetBucketNotification",
        GetBucketReplication => "s3:GetReplicationConfiguration",
        GetObjectLockConfiguration => "s3:GetBucketObjectLockConfiguration",
        PutObjectLockConfiguration => "s3:PutBucketObjectLockConfiguration",

        PutObject => "s3:PutObject",
        PostObject => "s3:PutObject",
        RenameObject => "s3:PutObject",
        CopyObject => "s3:PutObject",
        GetObject => versionIdGiven ? "s3:GetObjectVersion" : "s3:GetObject",
        HeadObject => versionIdGiven ? "s3:GetObjectVersion" : "s3:GetObject",
        DeleteObject => versionIdGiven ? "s3:DeleteObjectVersion" : "s3:DeleteObject",
        GetObjectAttributes => versionIdGiven ? "s3:GetObjectVersionAttributes" : "s3:GetObjectAttributes",
        GetObjectAcl => versionIdGiven ? "s3:GetObjectVersionAcl" : "s3:GetObjectAcl",
        PutObjectAcl => versionIdGiven ? "s3:PutObjectVersionAcl" : "s3:PutObjectAcl",
        GetObjectTagging => versionIdGiven ? "s3:GetObjectVersionTagging" : "s3:GetObjectTagging",
        PutObjectTagging => versionIdGiven ? "s3:PutObjectVersionTagging" : "s3:PutObjectTagging",
        DeleteObjectTagging => versionIdGiven ? "s3:DeleteObjectVersionTagging" : "s3:DeleteObjectTagging",
        GetObjectRetention => "s3:GetObjectRetention",
        PutObjectRetention => "s3:PutObjectRetention",
        GetObjectLegalHold => "s3:GetObjectLegalHold",
        PutObjectLegalHold => "s3:PutObjectLegalHold",
        GetObjectTorrent => versionIdGiven ? "s3:GetObjectVersionTorrent" : "s3:GetObjectTorrent",
        RestoreObject => "s3:RestoreObject",
        SelectObjectContent => versionIdGiven ? "s3:GetObjectVersion" : "s3:GetObject",

        CreateMultipartUpload => "s3:PutObject",
        UploadPart => "s3:PutObject",
        UploadPartCopy => "s3:PutObject",
        CompleteMultipartUpload => "s3:PutObject",
        AbortMultipartUpload => "s3:AbortMultipartUpload",
        ListParts => "s3:ListMultipartUploadParts",
    };
}
