using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using Arm = System.Runtime.Intrinsics.Arm;

namespace EdgeCache.Shared.Checksums;

/// <summary>
/// CRC-32/ISCSI (Castagnoli), the CRC of S3's <c>x-amz-checksum-crc32c</c> and of the edge's blocks. Its check value of "123456789" is 0xE3069283.
/// </summary>
/// <remarks>
/// Short data goes through the processor's CRC instruction, whose latency limits a single chain to 8 bytes per three cycles. Folding has four
/// chains at once, so longer data goes that way, with no need to interleave and recombine.
/// </remarks>
public static class Crc32C
{
    internal static readonly ReflectedCrc<uint> Implementation = new(0x82F63B78);

    /// <summary>From this length on, in bytes, folding is ahead of the instruction (bench/Micro, ChecksumBenchmarks).</summary>
    private const int FoldFrom = 512;

    /// <summary>Whether this processor has an instruction for this CRC.</summary>
    internal static bool HasInstruction => Sse42.IsSupported || Arm.Crc32.IsSupported;

    /// <summary>The CRC of the data behind <paramref name="crc"/> followed by <paramref name="data"/>; 0 is the CRC of no data.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data) =>
        HasInstruction && (data.Length < FoldFrom || !CarrylessFold.IsSupported) ? AppendByInstruction(crc, data) : Implementation.Append(crc, data);

    /// <summary>The CRC of two byte strings joined, from the CRC of each and the length of the second in bytes.</summary>
    public static uint Combine(uint first, uint second, long secondLength) => Implementation.Combine(first, second, secondLength);

    /// <summary>The same as <see cref="Append"/> by the processor's instruction alone, where there is one.</summary>
    internal static uint AppendByInstruction(uint crc, ReadOnlySpan<byte> data)
    {
        var register = ~crc;
        while (data.Length >= sizeof(ulong))
        {
            register = Step(register, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var value in data)
        {
            register = Sse42.IsSupported ? Sse42.Crc32(register, value) : Arm.Crc32.ComputeCrc32C(register, value);
        }

        return ~register;
    }

    private static uint Step(uint register, ulong word)
    {
        if (Sse42.X64.IsSupported)
        {
            return (uint)Sse42.X64.Crc32(register, word);
        }

        if (Arm.Crc32.Arm64.IsSupported)
        {
            return Arm.Crc32.Arm64.ComputeCrc32C(register, word);
        }

        if (Sse42.IsSupported)
        {
            return Sse42.Crc32(Sse42.Crc32(register, (uint)word), (uint)(word >> 32));
        }

        return Arm.Crc32.ComputeCrc32C(Arm.Crc32.ComputeCrc32C(register, (uint)word), (uint)(word >> 32));
    }
}
