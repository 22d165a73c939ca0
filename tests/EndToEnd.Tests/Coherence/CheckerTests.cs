namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>The checkers see what is planted, and nothing in what is right.</summary>
public sealed class CheckerTests
{
    private static readonly StalenessChecker Staleness = new(TimeSpan.FromMilliseconds(1250), TimeSpan.FromSeconds(2));

    [Fact]
    public void A_body_says_of_every_piece_to_which_write_it_belongs()
    {
        var body = VersionedBody.Create(3, 7, 5000);
        Assert.Equal((7, null), VersionedBody.Read(body, 3, 0, 5000));
        Assert.Equal((7, null), VersionedBody.Read(body.AsSpan(1, VersionedBody.MinRange), 3, 1, 5000));
        Assert.Equal((7, null), VersionedBody.Read(body.AsSpan(2500), 3, 2500, 5000));
        Assert.NotNull(VersionedBody.Read(body, 4, 0, 5000).Fault);
        Assert.NotNull(VersionedBody.Read(body, 3, 0, 5001).Fault);
        Assert.NotNull(VersionedBody.Read(body.AsSpan(1024), 3, 0, 5000).Fault);
    }

    [Fact]
    public void A_mix_of_two_writes_and_a_flipped_bit_are_seen_anywhere()
    {
        var body = VersionedBody.Create(3, 7, 5000);
        for (var at = 0; at < body.Length; at += 61)
        {
            var flipped = (byte[])body.Clone();
            flipped[at] ^= 4;
            Assert.NotNull(VersionedBody.Read(flipped, 3, 0, 5000).Fault);
        }

        VersionedBody.Create(3, 8, 5000).AsSpan(2048, 1024).CopyTo(body.AsSpan(2048));
        Assert.Equal("block 2 is a good block of key 3, write 8, block 2, amid write 7", VersionedBody.Read(body, 3, 0, 5000).Fault);
    }

    [Fact]
    public void A_read_may_be_as_old_as_the_bound_and_no_older()
    {
        WriteOperation[] writes = [Write(1, 0, 100), Write(2, 200, 300)];
        Assert.Empty(Staleness.Check(Feed(writes, Read(1549, 1600, 1), Read(1550, 1600, 1), Read(1600, 1700, 2))));
        AssertOne("overwritten 1251 ms before", Staleness.Check(Feed(writes, Read(1551, 1600, 1))));
        AssertOne("overwritten 1800 ms before", Staleness.Check(Feed(writes, Read(1900, 2000, null))));
    }

    [Fact]
    public void A_marked_answer_is_excused_for_what_it_says_and_up_to_the_maximum()
    {
        WriteOperation[] writes = [Write(1, 0, 100), Write(2, 200, 300)];
        Assert.Empty(Staleness.Check(Feed(writes, Read(3500, 3600, 1, stale: 2))));
        AssertOne("overwritten 3300 ms", Staleness.Check(Feed(writes, Read(3600, 3700, 1, stale: 2))));
        AssertOne("an answer 00:00:04 stale was given", Staleness.Check(Feed(writes, Read(400, 500, 2, stale: 4))));
        AssertOne("a strong bucket gave a stale answer", Staleness.Check(Strong(writes, Read(400, 500, 2, stale: 1))));
    }

    [Fact]
    public void A_write_of_unknown_outcome_counts_from_its_first_reader_only()
    {
        WriteOperation[] writes = [Write(1, 0, 100), Write(2, 200, null)];
        Assert.Empty(Staleness.Check(Feed(writes, Read(5000, 5100, 1))));
        AssertOne("overwritten 4700 ms", Staleness.Check(Feed(writes, Read(250, 300, 2), Read(5000, 5100, 1))));

        // It may take effect after a later write; but not after it was seen.
        writes = [Write(1, 0, null), Write(2, 200, 300)];
        Assert.Empty(Staleness.Check(Feed(writes, Read(5000, 5100, 1))));
        AssertOne("overwritten 4700 ms", Staleness.Check(Feed(writes, Read(100, 150, 1), Read(5000, 5100, 1))));
    }

    [Fact]
    public void What_was_never_written_or_only_later_or_with_another_ETag_is_seen()
    {
        WriteOperation[] writes = [Write(1, 0, 100), Write(2, 200, 300)];
        AssertOne("never written", Staleness.Check(Feed(writes, Read(400, 500, 3))));
        AssertOne("only written later", Staleness.Check(Feed(writes, Read(100, 150, 2))));
        AssertOne("whose ETag is e1", Staleness.Check(Feed(writes, Read(100, 150, 1) with { ETag = "e2" })));
    }

    [Fact]
    public void A_deletion_is_overwritten_and_overwrites()
    {
        WriteOperation[] writes = [Write(1, 0, 100), Delete(2, 200, 300), Write(3, 400, 500)];
        Assert.Empty(Staleness.Check(Feed(writes, Read(1700, 1800, null), Read(350, 360, null))));
        AssertOne("overwritten 1300 ms", Staleness.Check(Feed(writes, Read(1800, 1900, null))));
        AssertOne("overwritten 1400 ms", Staleness.Check(Feed(writes, Read(1700, 1900, 1))));

        // Without a word of which deletion it is, the newest that is possible counts.
        writes = [.. writes, Delete(4, 600, 700)];
        Assert.Empty(Staleness.Check(Feed(writes, Read(1800, 1900, null))));
        writes = [Write(1, 0, 100), Delete(2, 200, 300, "m2"), Write(3, 400, 500), Delete(4, 600, 700, "m4"), Write(5, 800, 900)];
        Assert.Empty(Staleness.Check(Feed(writes, Read(2000, 2100, null, "m4"))));
        AssertOne("overwritten 1500 ms", Staleness.Check(Feed(writes, Read(2000, 2100, null, "m2"))));
        AssertOne("never written", Staleness.Check(Feed(writes, Read(2000, 2100, null, "m9"))));
    }

    [Fact]
    public void A_strong_read_sees_the_last_write_that_ended_before_it()
    {
        WriteOperation[] writes = [Write(1, 0, 100), Write(2, 200, 300)];
        Assert.Empty(RegisterChecker.Check(Strong(writes, Read(250, 260, 1), Read(280, 290, 2), Read(310, 320, 2))));
        AssertOne("no place", RegisterChecker.Check(Strong(writes, Read(310, 320, 1)))); // old after the write's end
        AssertOne("both", RegisterChecker.Check(Strong(writes, Read(210, 220, 2), Read(230, 240, 1), Read(250, 260, 2)))); // back and forth
        AssertOne("never written", RegisterChecker.Check(Strong(writes, Read(400, 500, 3))));
        AssertOne("only written later", RegisterChecker.Check(Strong(writes, Read(100, 150, 2))));
        Assert.NotEmpty(RegisterChecker.Check(Strong(writes, Read(400, 500, null))));
    }

    [Fact]
    public void Strong_deletions_are_told_apart_by_their_markers()
    {
        WriteOperation[] writes = [Write(1, 0, 100), Delete(2, 200, 300, "m2"), Write(3, 400, 500), Delete(4, 600, null)];
        Assert.Empty(RegisterChecker.Check(Strong(writes, Read(310, 320, null, "m2"), Read(510, 520, 3), Read(700, 720, null, "lost"), Read(800, 820, null, "lost"))));
        Assert.NotEmpty(RegisterChecker.Check(Strong(writes, Read(510, 520, null, "m2"))));
        Assert.NotEmpty(RegisterChecker.Check(Strong(writes, Read(700, 720, null, "lost"), Read(800, 820, 3))));
        Assert.NotEmpty(RegisterChecker.Check(Strong(writes, Read(510, 520, null, "lost"))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_zones_decide_as_an_exhaustive_search_does(int seed)
    {
        var random = new Random(seed);
        var (yes, no) = (0, 0);
        for (var round = 0; round < 4000; round++)
        {
            var writes = Enumerable.Range(1, random.Next(1, 4)).Select(id => Write(id, random.Next(20), null)).Select(w => random.Next(5) == 0 ? w : w with { End = w.Start + Ms(1 + random.Next(12)) }).ToArray();
            var reads = Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(30)).Select(at => Read(at, at + 1 + random.Next(8), random.Next(writes.Length + 1) is var w and > 0 ? w : null)).ToArray();
            var expected = ExhaustiveRegister.IsLinearizable(writes, reads);
            Assert.Equal(expected, !RegisterChecker.Check(Strong(writes, reads)).Any());
            (yes, no) = expected ? (yes + 1, no) : (yes, no + 1);
        }

        Assert.True(yes > 300 && no > 300, $"{yes} and {no}");
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static WriteOperation Write(long id, int start, int? end) => new(id, Ms(start), end is { } e ? Ms(e) : null, $"e{id}");

    private static WriteOperation Delete(long id, int start, int? end, string? marker = null) => new(id, Ms(start), end is { } e ? Ms(e) : null, null, marker);

    private static ReadOperation Read(int start, int end, long? write, string? marker = null, int? stale = null) =>
        new(Ms(start), Ms(end), write, write is null ? null : $"e{write}", marker, stale is { } s ? TimeSpan.FromSeconds(s) : null, "here");

    private static KeyHistory Feed(WriteOperation[] writes, params ReadOperation[] reads) => new("key", IsStrong: false, writes, reads);

    private static KeyHistory Strong(WriteOperation[] writes, params ReadOperation[] reads) => new("key", IsStrong: true, writes, reads);

    private static void AssertOne(string what, IEnumerable<Violation> violations) => Assert.Contains(what, Assert.Single(violations).What, StringComparison.Ordinal);
}
