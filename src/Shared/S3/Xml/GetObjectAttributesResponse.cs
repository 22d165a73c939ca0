using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// The answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html">GetObjectAttributes</see>. Only what the request
/// asked for is set.
/// </summary>
public sealed record GetObjectAttributesResponse
{
    /// <summary>The entity tag; alone among S3's documents, this one has it without quotes.</summary>
    public string? ETag { get; init; }

    /// <summary>The checksum.</summary>
    public ObjectChecksum? Checksum { get; init; }

    /// <summary>The parts; null for an object that was not uploaded in parts.</summary>
    public AttributeParts? Parts { get; init; }

    /// <summary>The storage class.</summary>
    public string? StorageClass { get; init; }

    /// <summary>The length in bytes.</summary>
    public long? ObjectSize { get; init; }

    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("GetObjectAttributesResponse", this, static (w, response) =>
    {
        w.Text("ETag", response.ETag);
        if (response.Checksum is { } checksum)
        {
            w.Group("Checksum", checksum, static (w, c) => w.Checksum(c));
        }

        if (response.Parts is { } parts)
        {
            w.Group("ObjectParts", parts, static (w, p) =>
            {
                w.Number("PartsCount", p.TotalCount);
                w.Number("PartNumberMarker", p.PartNumberMarker);
                w.Number("NextPartNumberMarker", p.NextPartNumberMarker);
                w.Number("MaxParts", p.MaxParts);
                w.Flag("IsTruncated", p.IsTruncated);
                foreach (var part in p.Parts)
                {
                    w.Group("Part", part, static (w, row) =>
                    {
                        w.ChecksumValue(row.Checksum);
                        w.Number("PartNumber", row.PartNumber);
                        w.Number("Size", row.Size);
                    });
                }
            });
        }

        w.Text("StorageClass", response.StorageClass);
        w.Number("ObjectSize", response.ObjectSize);
    });
}

/// <summary>The parts in <see cref="GetObjectAttributesResponse"/>.</summary>
/// <param name="TotalCount">How many parts the object has.</param>
/// <param name="PartNumberMarker">The part number asked to start after; 0 for none.</param>
/// <param name="NextPartNumberMarker">The last part number of the page.</param>
/// <param name="MaxParts">The page size in force.</param>
/// <param name="IsTruncated">Whether more follows.</param>
/// <param name="Parts">The parts of the page.</param>
public sealed record AttributeParts(
    int TotalCount, int PartNumberMarker, int NextPartNumberMarker, int MaxParts, bool IsTruncated, IReadOnlyList<AttributePart> Parts);

/// <summary>A part in <see cref="AttributeParts"/>.</summary>
/// <param name="PartNumber">Its number.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Checksum">Its checksum, if the object keeps it.</param>
public sealed record AttributePart(int PartNumber, long Size, ObjectChecksum? Checksum = null);
