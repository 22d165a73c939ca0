namespace EdgeCache.Shared.Checksums;

/// <summary>CRC-32/ISO-HDLC, the CRC of zlib and of S3's <c>x-amz-checksum-crc32</c>. Its check value of "123456789" is 0xCBF43926.</summary>
public static class Crc32
{
    internal static readonly ReflectedCrc<uint> Implementation = new(0xEDB88320);

    /// <summary>The CRC of the data behind <paramref name="crc"/> followed by <paramref name="data"/>; 0 is the CRC of no data.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data) => Implementation.Append(crc, data);

    /// <summary>The CRC of two byte strings joined, from the CRC of each and the length of the second in bytes.</summary>
    public static uint Combine(uint first, uint second, long secondLength) => Implementation.Combine(first, second, secondLength);
}
