using System.Globalization;
using System.Text;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Lifecycle;

namespace EdgeCache.Shared.Tests.S3.Lifecycle;

public sealed class LifecycleTests
{
    private const string Days = "<Expiration><Days>1</Days></Expiration>";

    [Theory]
    [InlineData("<Prefix>a</Prefix><Status>Enabled</Status>" + Days, null)]
    [InlineData("<Filter/><Status>Enabled</Status>" + Days, null)]
    [InlineData("<Filter><Prefix>a/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag><And><Prefix>a</Prefix></And></Filter><Status>Enabled</Status>" + Days, null)]
    [InlineData("<Status>Enabled</Status>" + Days, S3ErrorCode.MalformedXML)]
    [InlineData("<Prefix/><Filter/><Status>Enabled</Status>" + Days, S3ErrorCode.MalformedXML)]
    [InlineData("<Prefix/><Status>enabled</Status>" + Days, S3ErrorCode.MalformedXML)]
    [InlineData("<Prefix/>" + Days, S3ErrorCode.MalformedXML)]
    [InlineData("<Prefix/><Status>Enabled</Status>", S3ErrorCode.InvalidRequest)]
    [InlineData("<Filter><Prefix>a</Prefix><And><Prefix>b</Prefix></And></Filter><Status>Enabled</Status>" + Days, S3ErrorCode.MalformedXML)]
    [InlineData("<Prefix/><Status>Enabled</Status><Expiration><Days>0</Days></Expiration>", S3ErrorCode.InvalidArgument)]
    [InlineData("<Prefix/><Status>Enabled</Status><Expiration><Days>1</Days><Date>2030-01-01</Date></Expiration>", S3ErrorCode.MalformedXML)]
    [InlineData("<Prefix/><Status>Enabled</Status><Expiration><Date>2030-01-01</Date></Expiration>", null)]
    [InlineData("<Prefix/><Status>Enabled</Status><Expiration><Date>2030-01-01T02:00:00+02:00</Date></Expiration>", null)]
    [InlineData("<Prefix/><Status>Enabled</Status><Expiration><Date>2030-01-01T12:00:00Z</Date></Expiration>", S3ErrorCode.InvalidArgument)]
    [InlineData("<Prefix/><Status>Enabled</Status><Expiration><Date>20300101</Date></Expiration>", S3ErrorCode.MalformedXML)]
    [InlineData("<Prefix/><Status>Enabled</Status><Transition><Days>1</Days><StorageClass>STANDARD_IA</StorageClass></Transition>" + Days, S3ErrorCode.InvalidArgument)]
    [InlineData("<Prefix/><Status>Enabled</Status><Transition><Days>0</Days><StorageClass>STANDARD_IA</StorageClass></Transition>" + Days, null)]
    [InlineData("<Prefix/><Status>Enabled</Status><Transition><Date>2030-01-01</Date><StorageClass>STANDARD_IA</StorageClass></Transition>" + Days, S3ErrorCode.InvalidRequest)]
    [InlineData("<Prefix/><Status>Enabled</Status><Transition><Days>1</Days><StorageClass>TAPE</StorageClass></Transition>", S3ErrorCode.MalformedXML)]
    [InlineData("<Prefix/><Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>0</NoncurrentDays></NoncurrentVersionExpiration>", S3ErrorCode.InvalidArgument)]
    [InlineData("<Prefix/><Status>Enabled</Status><NoncurrentVersionExpiration><NewerNoncurrentVersions>1</NewerNoncurrentVersions></NoncurrentVersionExpiration>", S3ErrorCode.MalformedXML)]
    [InlineData("<Filter><Tag><Key>k</Key><Value/></Tag></Filter><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>", S3ErrorCode.InvalidRequest)]
    [InlineData("<Filter><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan><ObjectSizeLessThan>5</ObjectSizeLessThan></Filter><Status>Enabled</Status>" + Days, S3ErrorCode.InvalidRequest)]
    public void Rules(string rule, S3ErrorCode? expected) => Assert.Equal(expected, LifecycleConfiguration.Parse(Document($"<Rule>{rule}</Rule>")).Error?.Code);

    [Fact]
    public void Ids_are_unique_and_not_too_long_and_made_up_when_absent()
    {
        var rule = $"<Prefix/><Status>Enabled</Status>{Days}</Rule>";
        Assert.Equal(S3ErrorCode.InvalidArgument, LifecycleConfiguration.Parse(Document($"<Rule><ID>a</ID>{rule}<Rule><ID>a</ID>{rule}")).Error!.Code);
        Assert.Equal(S3ErrorCode.InvalidArgument, LifecycleConfiguration.Parse(Document($"<Rule><ID>{new string('a', 256)}</ID>{rule}")).Error!.Code);
        var rules = LifecycleConfiguration.Parse(Document($"<Rule>{rule}<Rule>{rule}")).Value!.Rules;
        Assert.Equal(2, rules.Select(static r => r.Id).Where(static id => id.Length > 0).Distinct().Count());
    }

    [Theory]
    [InlineData("2026-03-01T14:00:00Z", 1, "2026-03-03T00:00:00Z")]
    [InlineData("2026-03-01T00:00:00Z", 1, "2026-03-02T00:00:00Z")]
    [InlineData("2026-03-01T23:59:59Z", 0, "2026-03-02T00:00:00Z")]
    public void Days_end_at_midnight(string since, int days, string expected) => Assert.Equal(Time(expected), LifecycleSchedule.Calendar.After(Time(since), days));

    [Theory]
    [InlineData(1)]
    [InlineData(86_400)]
    public void Any_number_of_days_has_an_end(int seconds) =>
        Assert.Equal(DateTimeOffset.MaxValue, new LifecycleSchedule(TimeSpan.FromSeconds(seconds)).After(DateTimeOffset.MaxValue.AddDays(-1), int.MaxValue));

    [Fact]
    public void A_shorter_day_is_not_rounded() =>
        Assert.Equal(Time("2026-03-01T14:00:30Z"), new LifecycleSchedule(TimeSpan.FromSeconds(10)).After(Time("2026-03-01T14:00:00Z"), 3));

    [Fact]
    public void The_header_names_the_rule_that_ends_an_object_first()
    {
        var configuration = LifecycleConfiguration.Parse(Document(
            $"<Rule><ID>slow</ID><Prefix/><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule><Rule><ID>fast one</ID><Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter><Status>Enabled</Status>{Days}</Rule>" +
            "<Rule><ID>off</ID><Prefix/><Status>Disabled</Status><Expiration><Date>2020-01-01</Date></Expiration></Rule>")).Value!;
        var facts = SampleFacts.Of(100) with { LastModified = Time("2026-03-01T14:00:00Z"), Tags = ObjectTags.None, TagCount = 0 };
        Assert.Equal("expiry-date=\"Wed, 11 Mar 2026 00:00:00 GMT\", rule-id=\"slow\"", LifecycleSchedule.Describe(configuration, facts));
        Assert.Equal(
            "expiry-date=\"Tue, 03 Mar 2026 00:00:00 GMT\", rule-id=\"fast%20one\"", LifecycleSchedule.Describe(configuration, facts with { Tags = ObjectTags.None.Add("k", "v") }));
        Assert.Null(LifecycleSchedule.Describe(configuration, facts with { IsDeleteMarker = true }));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static byte[] Document(string rules) => Encoding.UTF8.GetBytes($"<LifecycleConfiguration>{rules}</LifecycleConfiguration>");
}
