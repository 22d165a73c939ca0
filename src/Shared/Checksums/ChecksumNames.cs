namespace EdgeCache.Shared.Checksums;

/// <summary>
/// The names of the checksum algorithms in headers and in the API
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html">Checking object integrity</see>).
/// </summary>
public static class ChecksumNames
{
    private const string HeaderPrefix = "x-amz-checksum-";
    private static readonly ChecksumAlgorithm[] Algorithms = Enum.GetValues<ChecksumAlgorithm>();

    /// <summary>All algorithms.</summary>
    public static ReadOnlySpan<ChecksumAlgorithm> All => Algorithms;

    /// <summary>The header or trailer that carries the value, in lower case: <c>x-amz-checksum-crc32</c>.</summary>
    public static string HeaderName(ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => HeaderPrefix + "crc32",
        ChecksumAlgorithm.Crc32C => HeaderPrefix + "crc32c",
        ChecksumAlgorithm.Crc64Nvme => HeaderPrefix + "crc64nvme",
        ChecksumAlgorithm.Sha1 => HeaderPrefix + "sha1",
        ChecksumAlgorithm.Sha256 => HeaderPrefix + "sha256",
    };

    /// <summary>The value of <c>x-amz-checksum-algorithm</c>, and after <c>Checksum</c> the XML element: <c>CRC32</c>.</summary>
    public static string ApiName(ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => "CRC32",
        ChecksumAlgorithm.Crc32C => "CRC32C",
        ChecksumAlgorithm.Crc64Nvme => "CRC64NVME",
        ChecksumAlgorithm.Sha1 => "SHA1",
        ChecksumAlgorithm.Sha256 => "SHA256",
    };

    /// <summary>The length of the binary checksum, in bytes.</summary>
    public static int ByteLength(ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => 4,
        ChecksumAlgorithm.Crc32C => 4,
        ChecksumAlgorithm.Crc64Nvme => 8,
        ChecksumAlgorithm.Sha1 => 20,
        ChecksumAlgorithm.Sha256 => 32,
    };

    /// <summary>The algorithm of an API name, in any case.</summary>
    public static bool TryParseApiName(ReadOnlySpan<char> name, out ChecksumAlgorithm algorithm)
    {
        foreach (var candidate in Algorithms)
        {
            if (name.Equals(ApiName(candidate), StringComparison.OrdinalIgnoreCase))
            {
                algorithm = candidate;
                return true;
            }
        }

        algorithm = default;
        return false;
    }

    /// <summary>The algorithm of a header or trailer name, in any case; false for <c>x-amz-checksum-algorithm</c>, <c>-mode</c> and <c>-type</c>.</summary>
    public static bool TryParseHeaderName(ReadOnlySpan<char> name, out ChecksumAlgorithm algorithm)
    {
        algorithm = default;
        return name.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase) && TryParseApiName(name[HeaderPrefix.Length..], out algorithm);
    }
}
