using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Micro;

/// <summary>What the audit log costs a request: the question whether it is recorded, and a record appended to the spool's file.</summary>
[MemoryDiagnoser]
public class AuditBenchmarks
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"edgecache-bench-{Guid.NewGuid():N}");
    private readonly OrganizationFacts _off = new() { Id = "main" };
    private readonly OrganizationFacts _on = new() { Id = "main", Audit = new OrganizationAudit(true, true), UnauditedBuckets = ["quiet-bucket"] };
    private readonly AuditRecord _record = new()
    {
        Plane = AuditPlane.DataPlane,
        OrganizationId = "main",
        Time = new DateTimeOffset(2026, 11, 22, 7, 30, 0, TimeSpan.Zero),
        Action = "s3:GetObject",
        Operation = "GetObject",
        Principal = new Principal("static/AKMAIN", "main", AccessLevel.Full, ImmutableArray<string>.Empty, PrincipalKind.User),
        AccessKeyId = "AKMAIN",
        SourceAddress = "10.0.0.7",
        Host = "accel-object.example.com",
        Bucket = "models",
        Key = "llama/model-00001-of-00030.safetensors",
        RequestId = "5D1C0A6B7F3E2D41",
        Status = 206,
        Decision = new AccessDecision(true, "a statement allows it", "access-policy/default", "allow-everything"),
        BytesSent = 8 << 20,
        Region = "ORD1",
        ServedBy = "edge/LGA1",
        Parameters = [new("range", "bytes=0-8388607")],
    };

    private AuditSpool _spool = null!;

    [GlobalSetup]
    public void Open() => _spool = AuditSpool.Open(
        new AuditSpoolOptions { Directory = _directory, Plane = AuditPlane.DataPlane, Node = "edge.LGA1", MaxBytes = long.MaxValue }, TimeProvider.System);

    [GlobalCleanup]
    public void Close()
    {
        _spool.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public bool Off() => AuditPolicy.IsAudited(_off, "models");

    [Benchmark]
    public bool On() => AuditPolicy.IsAudited(_on, "models");

    [Benchmark]
    public bool Append() => _spool.TryAppend(_record);
}
