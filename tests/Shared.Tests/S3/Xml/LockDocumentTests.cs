using System.Text;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Locking;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Shared.Tests.S3.Xml;

public sealed class LockDocumentTests
{
    private const string Enabled = "<ObjectLockEnabled>Enabled</ObjectLockEnabled>";

    [Theory]
    [InlineData("", null, null, null)]
    [InlineData("<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>3</Days></DefaultRetention></Rule>", ObjectLockMode.Governance, 3, null)]
    [InlineData("<Rule><DefaultRetention><Years>100</Years><Mode>COMPLIANCE</Mode></DefaultRetention></Rule>", ObjectLockMode.Compliance, null, 100)]
    public void Configurations_are_read_and_written(string rule, ObjectLockMode? mode, int? days, int? years)
    {
        var (value, error) = ObjectLockConfiguration.Parse(Bytes($"<ObjectLockConfiguration>{Enabled}{rule}</ObjectLockConfiguration>"));
        Assert.Null(error);
        Assert.Equal(mode is { } known ? new DefaultRetention(known, days, years) : null, value!.Default);
        Assert.Equal(value, ObjectLockConfiguration.Parse(value.Write()).Value);
    }

    [Theory]
    [InlineData(Enabled + "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>0</Days></DefaultRetention></Rule>", S3ErrorCode.InvalidRetentionPeriod)]
    [InlineData(Enabled + "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>36501</Days></DefaultRetention></Rule>", S3ErrorCode.InvalidRetentionPeriod)]
    [InlineData(Enabled + "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Years>-1</Years></DefaultRetention></Rule>", S3ErrorCode.InvalidRetentionPeriod)]
    [InlineData(Enabled + "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years></DefaultRetention></Rule>", S3ErrorCode.MalformedXML)]
    [InlineData(Enabled + "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode></DefaultRetention></Rule>", S3ErrorCode.MalformedXML)]
    [InlineData(Enabled + "<Rule><DefaultRetention><Mode>governance</Mode><Days>1</Days></DefaultRetention></Rule>", S3ErrorCode.MalformedXML)]
    [InlineData(Enabled + "<Rule/>", S3ErrorCode.MalformedXML)]
    [InlineData("<ObjectLockEnabled>Disabled</ObjectLockEnabled>", S3ErrorCode.MalformedXML)]
    [InlineData("", S3ErrorCode.MalformedXML)]
    public void Bad_configurations_are_refused(string content, S3ErrorCode expected) =>
        Assert.Equal(expected, ObjectLockConfiguration.Parse(Bytes($"<ObjectLockConfiguration>{content}</ObjectLockConfiguration>")).Error!.Code);

    [Theory]
    [InlineData("2030-01-02T03:04:05Z", "2030-01-02T03:04:05.000Z")]
    [InlineData("2030-01-02T03:04:05.678Z", "2030-01-02T03:04:05.678Z")]
    [InlineData("2030-01-02T03:04:05.678901Z", "2030-01-02T03:04:05.678Z")]
    [InlineData("2030-01-02T05:04:05+02:00", "2030-01-02T03:04:05.000Z")]
    [InlineData("2030-01-02", "2030-01-02T00:00:00.000Z")]
    public void Retentions_are_read_and_written(string date, string expected)
    {
        var (value, error) = RetentionDocument.Parse(Bytes($"<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>{date}</RetainUntilDate></Retention>"));
        Assert.Null(error);
        Assert.Equal((ObjectLockMode.Compliance, expected), (value!.Retention!.Mode, value.Retention.RetainUntilText));
        Assert.Equal(value, RetentionDocument.Parse(value.Write()).Value);
    }

    [Theory]
    [InlineData("<Mode>COMPLIANCE</Mode>")]
    [InlineData("<RetainUntilDate>2030-01-02T03:04:05Z</RetainUntilDate>")]
    [InlineData("<Mode>abc</Mode><RetainUntilDate>2030-01-02T03:04:05Z</RetainUntilDate>")]
    [InlineData("<Mode>COMPLIANCE</Mode><RetainUntilDate>soon</RetainUntilDate>")]
    [InlineData("<Other/>")]
    public void Bad_retentions_are_refused(string content) =>
        Assert.Equal(S3ErrorCode.MalformedXML, RetentionDocument.Parse(Bytes($"<Retention>{content}</Retention>")).Error!.Code);

    [Fact]
    public void No_retention_ends_one() => Assert.Null(RetentionDocument.Parse(Bytes("<Retention/>")).Value!.Retention);

    [Theory]
    [InlineData("<Status>ON</Status>", true)]
    [InlineData("<Status>OFF</Status>", false)]
    [InlineData("<Status>on</Status>", null)]
    [InlineData("", null)]
    public void Legal_holds(string content, bool? expected) =>
        Assert.Equal(expected, LegalHoldDocument.Parse(Bytes($"<LegalHold>{content}</LegalHold>")).Value?.IsOn);

    private static byte[] Bytes(string document) => Encoding.UTF8.GetBytes(document);
}
