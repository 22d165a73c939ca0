using static EdgeCache.Shared.Iam.ActionKind;

namespace EdgeCache.Shared.Iam;

/// <summary>An action that policies may name.</summary>
/// <param name="Name">Its name, e.g. <c>s3:GetObject</c>.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Index">Its position in <see cref="IamActions.All"/>.</param>
internal sealed record IamAction(string Name, ActionKind Kind, int Index)
{
    /// <summary>Whether its resource is an object (<c>bucket/key</c>).</summary>
    public bool IsOfObject => Kind is ReadObject or ReadObjectSetting or ReadObjectAcl or WriteObject or RemoveObject or RemoveVersion or ActionKind.ListParts
        or WriteObjectSetting or WriteObjectAcl;

    /// <summary>Whether it reads an object, so that the object's absence is an answer too. It is none to a change: the object may be there in a moment.</summary>
    public bool ReadsObject => Kind is ReadObject or ReadObjectSetting or ReadObjectAcl;

    /// <summary>Whether it concerns an object that exists, whose owner has a say.</summary>
    public bool NeedsObject => ReadsObject || Kind is WriteObjectSetting or WriteObjectAcl;

    /// <summary>Whether it reads, replaces or deletes a bucket's policy.</summary>
    public bool IsOfBucketPolicy { get; } = Name is "s3:GetBucketPolicy" or "s3:PutBucketPolicy" or "s3:DeleteBucketPolicy";

    /// <summary>
    /// Whether a key's level admits it. Deny by default: a level or kind that no arm names is outside the ceiling.
    /// </summary>
    public bool IsWithin(AccessLevel level) => Kind switch
    {
        ListOwnBuckets => true,
        ActionKind.ListBucket or ReadBucket or ReadBucketAcl or ReadObject or ReadObjectSetting or ReadObjectAcl =>
            level is AccessLevel.Read or AccessLevel.ReadWrite or AccessLevel.Full,
        WriteObject or RemoveObject or RemoveVersion or WriteObjectSetting or WriteObjectAcl =>
            level is AccessLevel.Write or AccessLevel.ReadWrite or AccessLevel.Full,
        ActionKind.ListParts => level is AccessLevel.Read or AccessLevel.Write or AccessLevel.ReadWrite or AccessLevel.Full,
        ActionKind.CreateBucket or ManageBucket or WriteBucketAcl or Control => level is AccessLevel.Full,
    };
}
