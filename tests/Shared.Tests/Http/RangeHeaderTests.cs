using EdgeCache.Shared.Http;

namespace EdgeCache.Shared.Tests.Http;

public sealed class RangeHeaderTests
{
    [Theory]
    [InlineData("bytes=0-0", 10, 0, 1)]
    [InlineData("bytes=0-9", 10, 0, 10)]
    [InlineData("bytes=0-", 10, 0, 10)]
    [InlineData("bytes=9-", 10, 9, 1)]
    [InlineData("bytes=4-7", 10, 4, 4)]
    [InlineData("bytes=4-10", 10, 4, 6)]
    [InlineData("bytes=0-99999999999999999999999", 10, 0, 10)]
    [InlineData("bytes=-1", 10, 9, 1)]
    [InlineData("bytes=-10", 10, 0, 10)]
    [InlineData("bytes=-11", 10, 0, 10)]
    [InlineData("bytes=-99999999999999999999999", 10, 0, 10)]
    [InlineData("Bytes=1-2", 10, 1, 2)]
    [InlineData(" bytes= 1-2 ", 10, 1, 2)]
    [InlineData("bytes=0000000000000000000000000-0", 10, 0, 1)]
    [InlineData("bytes=5-9223372036854775807", long.MaxValue, 5, long.MaxValue - 5)]
    public void A_satisfiable_range_is_cut_to_the_object(string header, long size, long offset, long length)
    {
        Assert.Equal(RangeOutcome.Partial, RangeHeader.Resolve(header, size, out var range));
        Assert.Equal(new ByteRange(offset, length), range);
    }

    [Theory]
    [InlineData("bytes=10-", 10)]
    [InlineData("bytes=10-20", 10)]
    [InlineData("bytes=99999999999999999999-", 10)]
    [InlineData("bytes=99999999999999999998-99999999999999999999", 10)]
    [InlineData("bytes=-0", 10)]
    [InlineData("bytes=0-", 0)]
    [InlineData("bytes=0-0", 0)]
    [InlineData("bytes=-1", 0)]
    [InlineData("bytes=-0", 0)]
    public void A_range_without_a_byte_in_the_object_is_unsatisfiable(string header, long size) =>
        Assert.Equal(RangeOutcome.Unsatisfiable, RangeHeader.Resolve(header, size, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=5")]
    [InlineData("bytes=5-4")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=1-2-3")]
    [InlineData("bytes=--1")]
    [InlineData("bytes=+1-2")]
    [InlineData("bytes=1 -2")]
    [InlineData("bytes=0x1-2")]
    [InlineData("bytes=\u0661-2")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("bytes=0-1, -1")]
    [InlineData("items=0-1")]
    public void Anything_else_is_the_whole_object(string? header)
    {
        Assert.Equal(RangeOutcome.Whole, RangeHeader.Resolve(header, 10, out var range));
        Assert.Equal(new ByteRange(0, 10), range);
    }

    [Fact]
    public void A_range_writes_its_headers()
    {
        var range = new ByteRange(4, 6);
        Assert.Equal("bytes 4-9/10", range.ToContentRange(10));
        Assert.Equal("bytes=4-9", range.ToRangeHeader());
        Assert.Equal(10, range.End);
    }
}
