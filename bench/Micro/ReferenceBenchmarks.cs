using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;

namespace EdgeCache.Micro;

/// <summary>Work that no change of ours makes slower: what other times of the same run are divided by, so that the machine's speed falls out.</summary>
[MemoryDiagnoser]
public class ReferenceBenchmarks
{
    private readonly byte[] _data = new byte[4096];
    private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];

    [Benchmark]
    public int Sha256Of4KiB() => SHA256.HashData(_data, _hash);
}
