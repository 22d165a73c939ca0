using EdgeCache.Shared.Http;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.Tests.S3;

public sealed class ObjectReadPlanTests
{
    private const string Quoted = "\"" + SampleFacts.ETag + "\"";
    private static readonly string Before = HttpDate.Format(SampleFacts.Modified.AddSeconds(-1));
    private static readonly string At = HttpDate.Format(SampleFacts.Modified);

    [Fact]
    public void Nothing_asked_is_all_of_it()
    {
        var plan = Plan(new());
        Assert.Equal((200, 0, 100, null, true, null), (plan.Status, plan.Offset, plan.Length, plan.ContentRange, plan.SendsBody, plan.PartsCount));
        Assert.True(plan.IsWhole);
    }

    [Theory]
    [InlineData("bytes=0-0", 206, 0, 1, "bytes 0-0/100")]
    [InlineData("bytes=10-19", 206, 10, 10, "bytes 10-19/100")]
    [InlineData("bytes=90-1000", 206, 90, 10, "bytes 90-99/100")]
    [InlineData("bytes=-7", 206, 93, 7, "bytes 93-99/100")]
    [InlineData("bytes=-1000", 206, 0, 100, "bytes 0-99/100")]
    [InlineData("bytes=5-", 206, 5, 95, "bytes 5-99/100")]
    [InlineData("bytes=0-9,20-29", 200, 0, 100, null)]
    [InlineData("bytes=9-5", 200, 0, 100, null)]
    [InlineData("lines=1-2", 200, 0, 100, null)]
    [InlineData("", 200, 0, 100, null)]
    public void Ranges(string range, int status, long offset, long length, string? contentRange)
    {
        var plan = Plan(new() { Range = range });
        Assert.Equal((status, offset, length, contentRange), (plan.Status, plan.Offset, plan.Length, plan.ContentRange));
        Assert.Equal(length == 100, plan.IsWhole);
        Assert.Null(plan.Error);
    }

    [Theory]
    [InlineData("bytes=100-", 100)]
    [InlineData("bytes=9223372036854775807-", 100)]
    [InlineData("bytes=-0", 100)]
    [InlineData("bytes=0-0", 0)]
    public void A_range_beyond_the_end_is_refused(string range, long size)
    {
        var plan = ObjectReadPlan.Make(SampleFacts.Of(size), "GET", new() { Range = range });
        Assert.Equal((416, S3ErrorCode.InvalidRange, $"bytes */{size}", false), (plan.Status, plan.Error!.Code, plan.ContentRange, plan.SendsBody));
        Assert.Equal([new("RangeRequested", range), new("ActualObjectSize", $"{size}")], plan.Error.Details!);
    }

    [Fact]
    public void Head_has_a_length_and_no_body()
    {
        var plan = ObjectReadPlan.Make(SampleFacts.Of(100), "HEAD", new() { Range = "bytes=0-9" });
        Assert.Equal((206, 10, false), (plan.Status, plan.Length, plan.SendsBody));
    }

    [Theory]
    [InlineData(1, 206, 0, 40, "bytes 0-39/100")]
    [InlineData(2, 206, 40, 40, "bytes 40-79/100")]
    [InlineData(3, 206, 80, 20, "bytes 80-99/100")]
    public void Parts(int number, int status, long offset, long length, string contentRange)
    {
        var plan = ObjectReadPlan.Make(SampleFacts.Of(100, 40, 40, 20), "GET", new() { PartNumber = $"{number}" });
        Assert.Equal((status, offset, length, contentRange, 3), (plan.Status, plan.Offset, plan.Length, plan.ContentRange, plan.PartsCount));
    }

    [Fact]
    public void The_first_part_of_a_simple_object_is_all_of_it()
    {
        var plan = Plan(new() { PartNumber = "1" });
        Assert.Equal((206, 0, 100, "bytes 0-99/100", null), (plan.Status, plan.Offset, plan.Length, plan.ContentRange, plan.PartsCount));
        var empty = ObjectReadPlan.Make(SampleFacts.Of(0), "GET", new() { PartNumber = "1" });
        Assert.Equal((200, 0, 0, null), (empty.Status, empty.Offset, empty.Length, empty.ContentRange));
    }

    [Theory]
    [InlineData("4", null, S3ErrorCode.InvalidPart, 400)]
    [InlineData("10000", null, S3ErrorCode.InvalidPart, 400)]
    [InlineData("0", null, S3ErrorCode.InvalidArgument, 400)]
    [InlineData("10001", null, S3ErrorCode.InvalidArgument, 400)]
    [InlineData("x", null, S3ErrorCode.InvalidArgument, 400)]
    [InlineData("", null, S3ErrorCode.InvalidArgument, 400)]
    [InlineData("1", "bytes=0-1", S3ErrorCode.InvalidRequest, 400)]
    public void Bad_parts_are_refused(string partNumber, string? range, S3ErrorCode code, int status)
    {
        var plan = ObjectReadPlan.Make(SampleFacts.Of(100, 40, 40, 20), "GET", new() { PartNumber = partNumber, Range = range });
        Assert.Equal((code, status, false), (plan.Error!.Code, plan.Status, plan.SendsBody));
    }

    public static TheoryData<string?, string?, string?, string?, int> Conditions => new()
    {
        { Quoted, null, null, null, 200 },
        { SampleFacts.ETag, null, null, null, 200 },
        { "\"other\"", null, null, null, 412 },
        { null, Quoted, null, null, 304 },
        { null, "\"other\"", null, null, 200 },
        { null, "*", null, null, 304 },
        { null, null, At, null, 304 },
        { null, null, Before, null, 200 },
        { null, null, null, At, 200 },
        { null, null, null, Before, 412 },
        { Quoted, null, null, Before, 200 },
        { null, "\"other\"", At, null, 200 },
        { null, Quoted, Before, null, 304 },
        { "\"other\"", Quoted, null, null, 412 },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Conditions_decide_before_ranges(string? match, string? noneMatch, string? modifiedSince, string? unmodifiedSince, int status)
    {
        var conditions = new ObjectReadConditions
        {
            IfMatch = match, IfNoneMatch = noneMatch, IfModifiedSince = modifiedSince, IfUnmodifiedSince = unmodifiedSince,
        };
        var plan = Plan(conditions);
        Assert.Equal(status, plan.Status);
        Assert.Equal(status == 412 ? S3ErrorCode.PreconditionFailed : null, plan.Error?.Code);
        Assert.Equal(status == 200, plan.SendsBody);

        var withBadRange = Plan(conditions with { Range = "bytes=1000-" });
        Assert.Equal(status == 200 ? 416 : status, withBadRange.Status);
    }

    public static TheoryData<string, int> Validators => new()
    {
        { Quoted, 206 },
        { At, 206 },
        { Before, 200 },
        { HttpDate.Format(SampleFacts.Modified.AddSeconds(1)), 200 },
        { "\"other\"", 200 },
        { "W/" + Quoted, 200 },
    };

    [Theory]
    [MemberData(nameof(Validators))]
    public void If_range_guards_the_range(string validator, int status) =>
        Assert.Equal(status, Plan(new() { Range = "bytes=0-9", IfRange = validator }).Status);

    [Fact]
    public void A_delete_marker_is_absent_unless_named()
    {
        var marker = SampleFacts.Of(0) with { IsDeleteMarker = true, VersionId = "v1" };
        Assert.Equal(S3ErrorCode.NoSuchKey, ObjectReadPlan.Make(marker, "GET", new()).Error!.Code);
        Assert.Equal(S3ErrorCode.MethodNotAllowed, ObjectReadPlan.Make(marker, "GET", new() { VersionIdGiven = true }).Error!.Code);
    }

    [Fact]
    public void Parts_tile_the_object()
    {
        const int Seed = 20240506;
        var random = new Random(Seed);
        for (var round = 0; round < 200; round++)
        {
            var sizes = Enumerable.Range(0, random.Next(1, 50)).Select(_ => (long)random.Next(1, 1 << 20)).ToArray();
            var facts = SampleFacts.Of(sizes.Sum(), sizes);
            var next = 0L;
            for (var part = 1; part <= sizes.Length; part++)
            {
                var plan = ObjectReadPlan.Make(facts, "GET", new() { PartNumber = $"{part}" });
                Assert.True(plan.Offset == next && plan.Length == sizes[part - 1], $"seed {Seed}, round {round}, part {part}");
                next += plan.Length;
            }

            Assert.Equal(facts.Size, next);
        }
    }

    private static ObjectReadPlan Plan(ObjectReadConditions conditions) => ObjectReadPlan.Make(SampleFacts.Of(100), "GET", conditions);
}
