namespace EdgeCache.Edge.Storage.Eviction;

/// <summary>How much disk space the records of each organization take on a drive, by the organization's number. Safe for concurrent use.</summary>
internal sealed class OrganizationUsage
{
    /// <summary>The numbers that there are, from 0, which stands for all without a number of their own.</summary>
    public const int Numbers = 4096;

    private readonly long[] _bytes = new long[Numbers];

    /// <summary>The bytes of an organization's records.</summary>
    public long Of(ushort organization) => Volatile.Read(ref _bytes[organization]);

    /// <summary>Notes records that were added, or with a negative number taken away.</summary>
    public void Add(ushort organization, long bytes) => Interlocked.Add(ref _bytes[organization], bytes);

    /// <summary>A number as a record bears it: one that there isn't is 0.</summary>
    public static ushort Checked(ushort organization) => organization < Numbers ? organization : (ushort)0;
}
