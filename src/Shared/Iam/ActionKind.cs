namespace EdgeCache.Shared.Iam;

/// <summary>What an action does, as far as access levels and ACLs tell actions apart.</summary>
internal enum ActionKind
{
    /// <summary>Lists the caller's own buckets.</summary>
    ListOwnBuckets,

    /// <summary>Creates a bucket.</summary>
    CreateBucket,

    /// <summary>Lists what is in a bucket.</summary>
    ListBucket,

    /// <summary>Reads a setting of a bucket.</summary>
    ReadBucket,

    /// <summary>Reads a bucket's ACL.</summary>
    ReadBucketAcl,

    /// <summary>Removes a bucket or changes a setting of one.</summary>
    ManageBucket,

    /// <summary>Changes a bucket's ACL.</summary>
    WriteBucketAcl,

    /// <summary>Reads an object's bytes and what describes them.</summary>
    ReadObject,

    /// <summary>Reads what belongs to an object's owner, such as tags.</summary>
    ReadObjectSetting,

    /// <summary>Reads an object's ACL.</summary>
    ReadObjectAcl,

    /// <summary>Writes an object, whole or in parts.</summary>
    WriteObject,

    /// <summary>Removes the current version of an object, or an unfinished upload.</summary>
    RemoveObject,

    /// <summary>Removes a version for good.</summary>
    RemoveVersion,

    /// <summary>Lists the parts of an upload.</summary>
    ListParts,

    /// <summary>Changes what belongs to an object's owner, such as tags.</summary>
    WriteObjectSetting,

    /// <summary>Changes an object's ACL.</summary>
    WriteObjectAcl,

    /// <summary>An action of the control plane.</summary>
    Control,
}
