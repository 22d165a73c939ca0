namespace EdgeCache.Shared.Iam;

/// <summary>What an action does, as far as access levels and canned ACLs tell actions apart.</summary>
internal enum ActionKind
{
    /// <summary>Lists the caller's own buckets.</summary>
    ListOwnBuckets,

    /// <summary>Lists what is in a bucket.</summary>
    ListBucket,

    /// <summary>Reads a setting of a bucket, or the parts of an upload.</summary>
    ReadBucket,

    /// <summary>Reads an object's bytes and what describes them.</summary>
    ReadObject,

    /// <summary>Reads what belongs to an object's owner: ACL, tags.</summary>
    ReadObjectSetting,

    /// <summary>Writes an object, whole or in parts.</summary>
    WriteObject,

    /// <summary>Removes an object, a version or an unfinished upload.</summary>
    RemoveObject,

    /// <summary>Creates a bucket.</summary>
    CreateBucket,

    /// <summary>Removes a bucket or changes a setting of one.</summary>
    ManageBucket,
}

/// <summary>The kind of every action known.</summary>
internal static class ActionKinds
{
    /// <summary>The kind of an action; null for one that nobody may do because nothing is known of it.</summary>
    public static ActionKind? Of(string action) => action switch
    {
        "s3:ListAllMyBuckets" => ActionKind.ListOwnBuckets,
        "s3:ListBucket" or "s3:ListBucketVersions" or "s3:ListBucketMultipartUploads" => ActionKind.ListBucket,
        "s3:GetBucketLocation" or "s3:GetBucketVersioning" or "s3:GetBucketAcl" or "s3:GetAccelerateConfiguration" or "s3:GetBucketCORS" or
        "s3:GetEncryptionConfiguration" or "s3:GetLifecycleConfiguration" or "s3:GetBucketLogging" or "s3:GetBucketNotification" or
        "s3:GetBucketOwnershipControls" or "s3:GetBucketPolicy" or "s3:GetReplicationConfiguration" or "s3:GetBucketRequestPayment" or
        "s3:GetBucketTagging" or "s3:GetBucketWebsite" or "s3:GetBucketObjectLockConfiguration" or "s3:GetBucketPublicAccessBlock" or
        "s3:ListMultipartUploadParts" => ActionKind.ReadBucket,
        "s3:GetObject" or "s3:GetObjectVersion" or "s3:GetObjectAttributes" or "s3:GetObjectVersionAttributes" => ActionKind.ReadObject,
        "s3:GetObjectAcl" or "s3:GetObjectVersionAcl" or "s3:GetObjectTagging" or "s3:GetObjectVersionTagging" => ActionKind.ReadObjectSetting,
        "s3:PutObject" => ActionKind.WriteObject,
        "s3:DeleteObject" or "s3:DeleteObjectVersion" or "s3:AbortMultipartUpload" => ActionKind.RemoveObject,
        "s3:CreateBucket" => ActionKind.CreateBucket,
        "s3:DeleteBucket" or "s3:PutBucketVersioning" => ActionKind.ManageBucket,
        _ => null,
    };
}
