namespace EdgeCache.Shared.Checksums;

/// <summary>CRC-64/NVME, the CRC of S3's <c>x-amz-checksum-crc64nvme</c>. Its check value of "123456789" is 0xAE8B14860A799888.</summary>
public static class Crc64Nvme
{
    internal static readonly ReflectedCrc<ulong> Implementation = new(0x9A6C9329AC4BC9B5);

    /// <summary>The CRC of the data behind <paramref name="crc"/> followed by <paramref name="data"/>; 0 is the CRC of no data.</summary>
    public static ulong Append(ulong crc, ReadOnlySpan<byte> data) => Implementation.Append(crc, data);

    /// <summary>The CRC of two byte strings joined, from the CRC of each and the length of the second in bytes.</summary>
    public static ulong Combine(ulong first, ulong second, long secondLength) => Implementation.Combine(first, second, secondLength);
}
