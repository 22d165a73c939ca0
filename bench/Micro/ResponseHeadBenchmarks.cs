using BenchmarkDotNet.Attributes;
using EdgeCache.Shared.Primitives;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using Microsoft.AspNetCore.Http;

namespace EdgeCache.Micro;

/// <summary>The headers of a hit, from what is known of the version: a plain object, and one with everything.</summary>
[MemoryDiagnoser]
public class ResponseHeadBenchmarks
{
    private static readonly VersionFacts Plain = new()
    {
        Bucket = "models",
        Key = "llama/model-00001-of-00008.safetensors",
        Generation = new Generation(1, 2),
        VersionId = "",
        Size = 8 << 20,
        ETag = "9bb58f26192e4ba00f01e2e7b136bbd8",
        LastModified = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
    };

    private static readonly VersionFacts Rich = Plain with
    {
        VersionId = "3HL4kqtJvjVBH40Nrjfkd",
        Headers = Plain.Headers.Add("Content-Type", "application/octet-stream").Add("Cache-Control", "max-age=3600"),
        UserMetadata = Plain.UserMetadata.Add("owner", "research").Add("sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        TagCount = 3,
    };

    private readonly HeaderDictionary _headers = [];
    private readonly Action<string, string> _set;

    public ResponseHeadBenchmarks() => _set = (name, value) => _headers[name] = value;

    [Benchmark]
    public int PlainObject() => Write(Plain);

    [Benchmark]
    public int RichObject() => Write(Rich);

    private int Write(VersionFacts facts)
    {
        _headers.Clear();
        S3ObjectHeaders.Write(facts, _set, checksumMode: false);
        return _headers.Count;
    }
}
