using System.Buffers;
using System.Text;
using System.Text.Json;
using EdgeCache.Shared.Audit;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Tests.Audit;

public sealed class AuditRecordTests
{
    [Fact]
    public void A_record_has_the_documented_fields()
    {
        var json = Parse(SampleRecords.Of("org", "R1") with { VersionId = "v", ErrorCode = "AccessDenied", Via = "edge/X", Parameters = [new("prefix", "p")] });
        Assert.Equal(
            [
                "version", "plane", "timestamp", "organizationId", "action", "operation", "principal", "aws:arn", "accessKeyId", "sourceIp", "host",
                "bucketName", "key", "versionId", "requestId", "status", "errorCode", "decision", "reason", "policy", "statement", "bytesReceived",
                "bytesSent", "region", "servedBy", "via", "parameters",
            ],
            json.EnumerateObject().Select(static p => p.Name));
        Assert.Equal("arn:aws:iam::org:user/static/AK", json.GetProperty("aws:arn").GetString());
        Assert.Equal(("2026-11-22T07:30:00Z", "Allow"), (json.GetProperty("timestamp").GetString(), json.GetProperty("decision").GetString()));
    }

    [Theory]
    [InlineData("line\nfeed\r\u2028 \"quoted\" \\ \u0001")]
    [InlineData("grün \U0001F600")]
    [InlineData("lone \uD800 surrogate")]
    [InlineData("")]
    public void Whatever_a_key_holds_a_record_stays_one_line(string key)
    {
        var line = Line(SampleRecords.Of("org id/ü", "R") with { Key = key });
        Assert.Equal(line.Length - 1, line.AsSpan().IndexOf((byte)'\n'));
        Assert.True(AuditLine.TryRead(line.AsSpan(..^1), out var organization, out var json));
        Assert.Equal("org id/ü", organization);
        var expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(key));
        using var parsed = JsonDocument.Parse(json.ToArray());
        Assert.Equal(expected, parsed.RootElement.TryGetProperty("key", out var found) ? found.GetString() : "");
    }

    [Fact]
    public void Long_texts_are_cut_so_that_records_are_bounded()
    {
        var parameters = AuditParameters.QueryNames.Concat(AuditParameters.HeaderNames).Select(static n => KeyValuePair.Create(n, new string('\u0001', 100_000))).ToList();
        var line = Line(SampleRecords.Of("org", "R") with { Host = new string('h', 100_000), Parameters = parameters });
        Assert.InRange(line.Length, 1, 512 << 10);
    }

    [Fact]
    public void A_line_that_was_cut_or_changed_is_not_read()
    {
        var line = Line(SampleRecords.Of("org", "R"))[..^1];
        for (var length = 0; length < line.Length; length++)
        {
            Assert.False(AuditLine.TryRead(line.AsSpan(0, length), out _, out _));
        }

        for (var i = 0; i < line.Length; i++)
        {
            line[i] ^= 1;
            Assert.False(AuditLine.TryRead(line, out _, out _), $"byte {i}");
            line[i] ^= 1;
        }
    }

    [Fact]
    public void Only_named_parameters_are_taken_over()
    {
        const string secret = "s3cr3t";
        Assert.True(S3Query.TryParse($"prefix=p&X-Amz-Signature={secret}&X-Amz-Security-Token={secret}&X-Amz-Credential={secret}&other={secret}", out var query));
        var picked = AuditParameters.Pick(query, name => name == "x-amz-acl" ? "private" : null);
        Assert.Equal([new("prefix", "p"), new("x-amz-acl", "private")], picked);
        Assert.DoesNotContain(
            AuditParameters.HeaderNames,
            static n => n is "authorization" or "cookie" or "referer" || n.Contains("token", StringComparison.Ordinal) || n.EndsWith("-key", StringComparison.Ordinal));
        Assert.DoesNotContain(AuditParameters.QueryNames, static n => n.StartsWith("x-amz", StringComparison.OrdinalIgnoreCase) || n == "signature");
    }

    [Theory]
    [InlineData("abc123", "cwobject-audit-abc123")]
    [InlineData("a-b", "cwobject-audit-a-b")]
    public void An_organizations_id_names_its_bucket_where_it_can(string organization, string bucket) => Assert.Equal(bucket, AuditBucket.NameOf(organization));

    [Theory]
    [InlineData("Upper")]
    [InlineData("ends-")]
    [InlineData("dots.and/slashes")]
    [InlineData("0123456789012345678901234567890123456789012345678")]
    public void Other_ids_are_digested_into_valid_names(string organization)
    {
        var name = AuditBucket.NameOf(organization);
        Assert.True(EdgeCache.Shared.Primitives.BucketName.TryParse(name, out _), name);
        Assert.True(AuditBucket.IsNameOfOne(name));
        Assert.NotEqual(name, AuditBucket.NameOf(organization + "2"));
    }

    [Fact]
    public void A_batchs_id_tells_its_time_and_names_its_object()
    {
        var id = AuditBatchId.New(new DateTimeOffset(2026, 11, 22, 7, 30, 0, 123, TimeSpan.Zero), "edge LGA1/x");
        Assert.True(AuditBatchId.TryParse(id.ToString(), out var parsed));
        Assert.Equal(id, parsed);
        Assert.StartsWith("20261122T073000123Z-", id.ToString(), StringComparison.Ordinal);
        Assert.Equal($"data-plane/2026/11/22/07/{id}.jsonl.gz", AuditBucket.KeyOf(AuditPlane.DataPlane, id));
        Assert.False(AuditBatchId.TryParse("20261122T073000123Z-0123456789abcdef-../../x", out _));
        Assert.False(AuditBatchId.TryParse("20261122T073000123Z-0123456789abcdef-", out _));
    }

    [Theory]
    [InlineData(false, "other", false)]
    [InlineData(false, "on", true)]
    [InlineData(true, "other", true)]
    [InlineData(true, "off", false)]
    [InlineData(true, "", true)]
    public void A_buckets_own_setting_wins_over_the_default(bool byDefault, string bucket, bool expected) => Assert.Equal(expected, AuditPolicy.IsAudited(
        new OrganizationFacts { Id = "org", Audit = new OrganizationAudit(false, byDefault), AuditedBuckets = ["on"], UnauditedBuckets = ["off"] }, bucket));

    private static JsonElement Parse(AuditRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        AuditJson.Write(record, buffer);
        return JsonDocument.Parse(buffer.WrittenMemory).RootElement;
    }

    private static byte[] Line(AuditRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        AuditLine.Write(record, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
