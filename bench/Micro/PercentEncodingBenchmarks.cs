using BenchmarkDotNet.Attributes;
using EdgeCache.Shared.S3;

namespace EdgeCache.Micro;

/// <summary>Decoding an object key as it stands on the wire: the plain key takes the short way, an escaped one the long.</summary>
[MemoryDiagnoser]
public class PercentEncodingBenchmarks
{
    [Params("checkpoints/llama/model-00001-of-00008.safetensors", "caf%C3%A9/na%C3%AFve%20file%20%F0%9F%98%80.bin")]
    public string Path { get; set; } = "";

    [Benchmark]
    public bool Decode() => PercentEncoding.TryDecode(Path, plusIsSpace: false, out _);
}
