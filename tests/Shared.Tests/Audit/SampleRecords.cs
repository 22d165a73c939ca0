using System.Collections.Immutable;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Shared.Tests.Audit;

internal static class SampleRecords
{
    public static AuditRecord Of(string organization, string requestId) => new()
    {
        Plane = AuditPlane.DataPlane,
        OrganizationId = organization,
        Time = new DateTimeOffset(2026, 11, 22, 7, 30, 0, TimeSpan.Zero),
        Action = "s3:GetObject",
        Operation = "GetObject",
        Principal = new Principal("static/AK", organization, AccessLevel.Full, ImmutableArray<string>.Empty, PrincipalKind.User),
        AccessKeyId = "AK",
        SourceAddress = "10.0.0.7",
        Host = "object.ord1.example.test",
        Bucket = "bucket",
        Key = "a/b c",
        RequestId = requestId,
        Status = 200,
        Decision = new AccessDecision(true, "a statement allows it", "access-policy/default", "allow-everything"),
        BytesSent = 17,
        Region = "ORD1",
        ServedBy = "edge/LGA1",
    };

    public static AuditSpool Open(string directory, TimeProvider time, Func<AuditSpoolOptions, AuditSpoolOptions>? change = null)
    {
        var options = new AuditSpoolOptions { Directory = directory, Plane = AuditPlane.DataPlane, Node = "edge.LGA1" };
        return AuditSpool.Open(change is null ? options : change(options), time);
    }
}
