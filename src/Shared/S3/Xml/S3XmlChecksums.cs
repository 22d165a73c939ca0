using System.Xml;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>The elements <c>ChecksumCRC32</c>, <c>ChecksumSHA256</c> ..., <c>ChecksumAlgorithm</c> and <c>ChecksumType</c>.</summary>
internal static class S3XmlChecksums
{
    private const string Prefix = "Checksum";

    /// <summary>Writes the checksum's value, if there is one.</summary>
    public static void ChecksumValue(this XmlWriter writer, ObjectChecksum? checksum)
    {
        if (checksum is not null)
        {
            writer.Text(Prefix + ChecksumNames.ApiName(checksum.Algorithm), checksum.Value);
        }
    }

    /// <summary>Writes the checksum's value and type, if there is one.</summary>
    public static void Checksum(this XmlWriter writer, ObjectChecksum? checksum)
    {
        writer.ChecksumValue(checksum);
        writer.ChecksumType(checksum?.Type);
    }

    /// <summary>Writes the name of an algorithm, if there is one.</summary>
    public static void ChecksumAlgorithm(this XmlWriter writer, ChecksumAlgorithm? algorithm) =>
        writer.Text("ChecksumAlgorithm", algorithm is { } known ? ChecksumNames.ApiName(known) : null);

    /// <summary>Writes the name of a checksum type, if there is one.</summary>
    public static void ChecksumType(this XmlWriter writer, ChecksumType? type) =>
        writer.Text("ChecksumType", type is { } known ? S3ChecksumTypes.ApiName(known) : null);

    /// <summary>The algorithm that an element such as <c>ChecksumCRC32</c> names; false for other elements.</summary>
    public static bool TryParseElement(string name, out ChecksumAlgorithm algorithm)
    {
        algorithm = default;
        return name.StartsWith(Prefix, StringComparison.Ordinal) && ChecksumNames.TryParseApiName(name.AsSpan(Prefix.Length), out algorithm);
    }
}
