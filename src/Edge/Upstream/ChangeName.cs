using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Upstream;

/// <summary>The name under which a change is recorded and looked up, reduced to its slot in an <see cref="InvalidationTable"/>.</summary>
/// <param name="Slot">The slot.</param>
internal readonly record struct ChangeName(int Slot)
{
    /// <summary>The versions of one key.</summary>
    public static ChangeName Object(string bucket, string key) => new(Hash('o', bucket, key));

    /// <summary>The versions of all keys of a bucket.</summary>
    public static ChangeName AllObjects(string bucket) => new(Hash('a', bucket, string.Empty));

    /// <summary>A bucket's existence and settings.</summary>
    public static ChangeName Bucket(string bucket) => new(Hash('b', bucket, string.Empty));

    /// <summary>An access key, by its id.</summary>
    public static ChangeName AccessKey(string accessKeyId) => new(Hash('k', accessKeyId, string.Empty));

    /// <summary>A principal, by its name.</summary>
    public static ChangeName Principal(string name) => new(Hash('p', name, string.Empty));

    /// <summary>An organization, by its id.</summary>
    public static ChangeName Organization(string id) => new(Hash('g', id, string.Empty));

    /// <summary>What a record of a feed is about.</summary>
    public static ChangeName Of(ChangeRecord record) => record.Kind switch
    {
        ChangeKind.ObjectChanged => Object(record.Bucket, record.Key),
        ChangeKind.BucketChanged or ChangeKind.BucketDeleted => Bucket(record.Bucket),
        ChangeKind.AccessKeyChanged => AccessKey(record.Key),
        ChangeKind.PrincipalChanged => Principal(record.Key),
        ChangeKind.OrganizationChanged => Organization(record.Key),
    };

    /// <summary>FNV-1a over the UTF-16 code units, with a final mix (the low bits of FNV alone are weak).</summary>
    private static int Hash(char kind, string first, string second)
    {
        var hash = Add(14695981039346656037UL, kind);
        foreach (var c in first)
        {
            hash = Add(hash, c);
        }

        hash = Add(hash, '\0');
        foreach (var c in second)
        {
            hash = Add(hash, c);
        }

        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdUL;
        return (int)((hash ^ (hash >> 33)) & (InvalidationTable.Slots - 1));
    }

    private static ulong Add(ulong hash, char c) => (hash ^ c) * 1099511628211UL;
}
