using BenchmarkDotNet.Attributes;
using EdgeCache.Shared.S3;

namespace EdgeCache.Micro;

/// <summary>From a request line and host to a typed operation: the first phase of every request on both tiers.</summary>
[MemoryDiagnoser]
public class RequestParseBenchmarks
{
    private const string PathStyleHost = "accel-object.example.com";
    private const string Presigned =
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260101%2Fus-east-1%2Fs3%2Faws4_request"
        + "&X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host"
        + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

    private readonly S3HostOptions _hosts = new([PathStyleHost, "localhost"]);

    [Benchmark(Baseline = true)]
    public bool PathStyleGet() => Parse(PathStyleHost, "/models/llama/model-00001-of-00008.safetensors", "");

    [Benchmark]
    public bool VirtualHostedGet() => Parse("models." + PathStyleHost, "/llama/model-00001-of-00008.safetensors", "");

    [Benchmark]
    public bool PresignedGet() => Parse(PathStyleHost, "/models/llama/model-00001-of-00008.safetensors", Presigned);

    [Benchmark]
    public bool EscapedKey() => Parse(PathStyleHost, "/models/caf%C3%A9/na%C3%AFve%20file.bin", "");

    [Benchmark]
    public bool ListPage() =>
        Parse(PathStyleHost, "/models", "list-type=2&prefix=llama%2F&delimiter=%2F&encoding-type=url&max-keys=1000");

    private bool Parse(string host, string path, string query) =>
        S3RequestParser.TryParse("GET", host, path, query, hasCopySource: false, _hosts, out _) is null;
}
