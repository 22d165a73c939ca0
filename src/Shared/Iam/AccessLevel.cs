namespace EdgeCache.Shared.Iam;

/// <summary>The ceiling on what an access key may do, whatever policies allow.</summary>
public enum AccessLevel
{
    /// <summary>Only read.</summary>
    Read,

    /// <summary>Only write.</summary>
    Write,

    /// <summary>Read and write.</summary>
    ReadWrite,

    /// <summary>Read, write, create buckets and apply policies.</summary>
    Full,
}
