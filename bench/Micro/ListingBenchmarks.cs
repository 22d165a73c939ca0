using System.Globalization;
using BenchmarkDotNet.Attributes;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Micro;

/// <summary>The document of a full page of a listing: a thousand keys, or a thousand common prefixes.</summary>
[MemoryDiagnoser]
public class ListingBenchmarks
{
    private const int Page = 1000;

    private static readonly DateTimeOffset Modified = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ListBucketResultV2 Keys = new()
    {
        Name = "models",
        Prefix = "dataset/",
        Delimiter = "/",
        Contents =
        [
            .. Enumerable.Range(0, Page).Select(static i => new ListedObject(
                string.Create(CultureInfo.InvariantCulture, $"dataset/part-{i:0000000}.bin"), Modified, "9bb58f26192e4ba00f01e2e7b136bbd8", 1024, "STANDARD")),
        ],
    };

    private static readonly ListBucketResultV2 Prefixes = new()
    {
        Name = "models",
        Delimiter = "/",
        CommonPrefixes = [.. Enumerable.Range(0, Page).Select(static i => string.Create(CultureInfo.InvariantCulture, $"folder-{i:00000}/"))],
    };

    private static readonly ListBucketResultV2 Encoded = Keys with { EncodeUrl = true };

    [Benchmark]
    public byte[] ThousandKeys() => Keys.Write();

    [Benchmark]
    public byte[] ThousandKeysEncoded() => Encoded.Write();

    [Benchmark]
    public byte[] ThousandPrefixes() => Prefixes.Write();
}
