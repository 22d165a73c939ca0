using BenchmarkDotNet.Attributes;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Micro;

/// <summary>Each CRC by the way that the product takes on this processor, against table look-ups; a block of a chunk, and a chunk.</summary>
public class ChecksumBenchmarks
{
    private const int Seed = 20260101;
    private byte[] _data = [];

    [Params(256, 64 * 1024, 4 * 1024 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _data = new byte[Size];
        new Random(Seed).NextBytes(_data);
    }

    [Benchmark]
    public uint Crc32Fast() => Crc32.Append(0, _data);

    [Benchmark]
    public uint Crc32Table() => Crc32.Implementation.AppendByTable(0, _data);

    [Benchmark]
    public uint Crc32CFast() => Crc32C.Append(0, _data);

    [Benchmark]
    public uint Crc32CInstruction() => Crc32C.HasInstruction ? Crc32C.AppendByInstruction(0, _data) : 0;

    [Benchmark]
    public uint Crc32CTable() => Crc32C.Implementation.AppendByTable(0, _data);

    [Benchmark]
    public ulong Crc64NvmeFast() => Crc64Nvme.Append(0, _data);

    [Benchmark]
    public ulong Crc64NvmeTable() => Crc64Nvme.Implementation.AppendByTable(0, _data);

    /// <summary>The CRC of a multipart object from those of two of its parts.</summary>
    [Benchmark]
    public ulong Crc64NvmeCombine() => Crc64Nvme.Combine(1, 2, Size);
}
