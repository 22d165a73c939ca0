using EdgeCache.Shared.Http;

namespace EdgeCache.Shared.Tests.Http;

public sealed class ConditionalRequestTests
{
    private const string ETag = "9b2cf535f27731c974343645a3985328";
    private const string Before = "Sat, 31 Jan 2026 23:59:59 GMT";
    private const string Same = "Sun, 01 Feb 2026 00:00:00 GMT";
    private const string After = "Sun, 01 Feb 2026 00:00:01 GMT";
    private static readonly DateTimeOffset Modified = new(2026, 2, 1, 0, 0, 0, 400, TimeSpan.Zero);

    [Theory]
    [InlineData("\"9b2cf535f27731c974343645a3985328\"", true, true)]
    [InlineData("9b2cf535f27731c974343645a3985328", true, true)]
    [InlineData(" 9b2cf535f27731c974343645a3985328 ", true, true)]
    [InlineData("*", true, true)]
    [InlineData("\"a\", \"9b2cf535f27731c974343645a3985328\"", true, true)]
    [InlineData("a,9b2cf535f27731c974343645a3985328", true, true)]
    [InlineData(",, \"a,b\" ,\"9b2cf535f27731c974343645a3985328\"", true, true)]
    [InlineData("W/\"9b2cf535f27731c974343645a3985328\"", false, true)]
    [InlineData("W/\"x\", W/\"9b2cf535f27731c974343645a3985328\"", false, true)]
    [InlineData("\"9b2cf535f27731c974343645a3985328", true, true)]
    [InlineData("\"9B2CF535F27731C974343645A3985328\"", false, false)]
    [InlineData("\"x,9b2cf535f27731c974343645a3985328\"", false, false)]
    [InlineData("\"9b2cf535f27731c974343645a3985328-2\"", false, false)]
    [InlineData("\"\"", false, false)]
    [InlineData(",", false, false)]
    public void Entity_tags_match_in_every_spelling(string header, bool strongly, bool weakly)
    {
        Assert.Equal(strongly ? ConditionOutcome.Proceed : ConditionOutcome.PreconditionFailed, Evaluate(ifMatch: header));
        Assert.Equal(weakly ? ConditionOutcome.NotModified : ConditionOutcome.Proceed, Evaluate(ifNoneMatch: header));
    }

    [Theory]
    [InlineData(Before, ConditionOutcome.Proceed, ConditionOutcome.PreconditionFailed)]
    [InlineData(Same, ConditionOutcome.NotModified, ConditionOutcome.Proceed)]
    [InlineData(After, ConditionOutcome.NotModified, ConditionOutcome.Proceed)]
    [InlineData("not a date", ConditionOutcome.Proceed, ConditionOutcome.Proceed)]
    [InlineData("", ConditionOutcome.Proceed, ConditionOutcome.Proceed)]
    public void Dates_compare_in_whole_seconds(string date, ConditionOutcome ifModifiedSince, ConditionOutcome ifUnmodifiedSince)
    {
        Assert.Equal(ifModifiedSince, Evaluate(ifModifiedSince: date));
        Assert.Equal(ifUnmodifiedSince, Evaluate(ifUnmodifiedSince: date));
    }

    [Fact]
    public void If_Match_overrides_If_Unmodified_Since() =>
        Assert.Equal(ConditionOutcome.Proceed, Evaluate(ifMatch: ETag, ifUnmodifiedSince: Before));

    [Fact]
    public void If_None_Match_overrides_If_Modified_Since()
    {
        Assert.Equal(ConditionOutcome.NotModified, Evaluate(ifNoneMatch: ETag, ifModifiedSince: Before));
        Assert.Equal(ConditionOutcome.Proceed, Evaluate(ifNoneMatch: "other", ifModifiedSince: After));
    }

    [Fact]
    public void A_failed_precondition_goes_before_an_unmodified_answer()
    {
        Assert.Equal(ConditionOutcome.PreconditionFailed, Evaluate(ifMatch: "other", ifNoneMatch: ETag));
        Assert.Equal(ConditionOutcome.PreconditionFailed, Evaluate(ifNoneMatch: ETag, ifUnmodifiedSince: Before));
        Assert.Equal(ConditionOutcome.NotModified, Evaluate(ifMatch: ETag, ifNoneMatch: ETag));
    }

    [Fact]
    public void No_condition_proceeds()
    {
        Assert.Equal(ConditionOutcome.Proceed, Evaluate());
        Assert.Equal(ConditionOutcome.Proceed, Evaluate(ifMatch: "", ifNoneMatch: " "));
    }

    private static ConditionOutcome Evaluate(
        string? ifMatch = null, string? ifNoneMatch = null, string? ifModifiedSince = null, string? ifUnmodifiedSince = null) =>
        ConditionalRequest.Evaluate(ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, ETag, Modified);
}
