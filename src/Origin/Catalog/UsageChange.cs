namespace EdgeCache.Origin.Catalog;

/// <summary>By how much what a bucket holds grew, or shrank.</summary>
internal readonly record struct UsageChange(long Versions, long VersionBytes, long DeleteMarkers, long Parts, long PartBytes)
{
    /// <summary>Of all bytes that count to a quota.</summary>
    public long Bytes => VersionBytes + PartBytes;

    /// <summary>A version or a delete marker more.</summary>
    public static UsageChange Version(long size, bool isDeleteMarker) => isDeleteMarker ? new(0, 0, 1, 0, 0) : new(1, size, 0, 0, 0);

    /// <summary>Parts more.</summary>
    public static UsageChange OfParts(long count, long bytes) => new(0, 0, 0, count, bytes);

    public static UsageChange operator +(UsageChange a, UsageChange b) =>
        new(a.Versions + b.Versions, a.VersionBytes + b.VersionBytes, a.DeleteMarkers + b.DeleteMarkers, a.Parts + b.Parts, a.PartBytes + b.PartBytes);

    public static UsageChange operator -(UsageChange a) => new(-a.Versions, -a.VersionBytes, -a.DeleteMarkers, -a.Parts, -a.PartBytes);
}
