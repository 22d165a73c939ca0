using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;

namespace EdgeCache.Edge.Tests.Upstream;

public sealed class ChangeStreamTests
{
    private static readonly ChangeName Name = ChangeName.Object("bucket", "key");

    private readonly ManualTimeProvider _time = new();
    private readonly ChangeStream _stream;

    public ChangeStreamTests()
    {
        _stream = new ChangeStream("ORD1", _time);
        Apply(Frame("e1", 10, reset: true));
    }

    [Fact]
    public void A_record_refutes_what_was_learned_before_it_and_nothing_else()
    {
        var before = _stream.Stamp();
        Assert.True(_stream.Covers(before, Name));
        Apply(Frame("e1", 11, false, Record(11, "key")));
        Assert.False(_stream.Covers(before, Name));
        Assert.True(_stream.Covers(before, ChangeName.Object("bucket", "another")));
        Assert.True(_stream.Covers(_stream.Stamp(), Name));
    }

    [Fact]
    public void A_change_learned_ahead_of_the_feed_counts_at_once_and_the_late_record_changes_nothing()
    {
        var before = _stream.Stamp();
        _stream.Invalidate(Name, 20);
        Assert.False(_stream.Covers(before, Name));
        Assert.True(_stream.Covers(before with { AsOf = 20 }, Name));
        Apply(Frame("e1", 15, false, Record(15, "key")));
        Assert.True(_stream.Covers(before with { AsOf = 20 }, Name));
    }

    [Fact]
    public void A_reset_and_a_new_epoch_void_everything_before()
    {
        var before = _stream.Stamp();
        Assert.True(Apply(Frame("e1", 30, reset: true)));
        Assert.False(_stream.Covers(before, Name));
        var between = _stream.Stamp();
        Assert.True(_stream.Covers(between, Name));
        Assert.True(Apply(Frame("e2", 3, reset: true)));
        Assert.False(_stream.Covers(between, Name));
        Assert.Equal(3, _stream.Position);
        Assert.True(_stream.Covers(_stream.Stamp(), Name));
    }

    [Fact]
    public void A_deleted_bucket_refutes_its_facts_and_all_its_objects()
    {
        var before = _stream.Stamp();
        Apply(Frame("e1", 11, false, new ChangeRecord(11, ChangeKind.BucketDeleted, "bucket", "", default)));
        Assert.False(_stream.Covers(before, ChangeName.Bucket("bucket")));
        Assert.False(_stream.Covers(before, ChangeName.AllObjects("bucket")));
    }

    [Fact]
    public void It_is_live_for_a_second_after_each_frame()
    {
        Assert.True(_stream.IsLive);
        _time.Advance(FeedFrame.StaleAfter);
        Assert.False(_stream.IsLive);
        Apply(Frame("e1", 10, false));
        Assert.True(_stream.IsLive);
    }

    [Fact]
    public async Task A_wait_ends_when_the_position_is_reached_or_the_time_is_up()
    {
        var token = TestContext.Current.CancellationToken;
        var reached = _stream.WaitForAsync(12, TimeSpan.FromSeconds(1), token);
        var late = _stream.WaitForAsync(99, TimeSpan.FromSeconds(1), token);
        Assert.False(reached.IsCompleted);
        Apply(Frame("e1", 12, false));
        Assert.True(await reached);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await late);
        Assert.True(await _stream.WaitForAsync(12, TimeSpan.Zero, token));
    }

    [Fact]
    public void A_checkpoint_restores_position_and_changes_and_is_not_live()
    {
        var before = _stream.Stamp();
        Apply(Frame("e1", 11, false, Record(11, "key")));
        var bytes = _stream.Checkpoint().Encode();
        var restored = new ChangeStream("ORD1", _time);
        restored.Restore(StreamCheckpoint.TryDecode(bytes)!);
        Assert.Equal(("e1", 11L), (restored.Epoch, restored.Position));
        Assert.False(restored.Covers(before, Name));
        Assert.True(restored.Covers(before with { AsOf = 11 }, Name));
        Assert.False(restored.IsLive);
        Assert.Equal(_time.GetUtcNow(), restored.CompleteAt);
    }

    [Fact]
    public void A_damaged_checkpoint_is_no_checkpoint()
    {
        var bytes = _stream.Checkpoint().Encode();
        for (var at = 0; at < bytes.Length; at += at < 64 ? 1 : 9973)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= 0x10;
            Assert.Null(StreamCheckpoint.TryDecode(damaged));
        }

        Assert.Null(StreamCheckpoint.TryDecode(bytes.AsSpan(0, bytes.Length - 1)));
        Assert.Null(StreamCheckpoint.TryDecode([]));
    }

    private bool Apply(FeedFrame frame) => _stream.Apply(frame, _time.GetTimestamp());

    private static FeedFrame Frame(string epoch, long position, bool reset, params ChangeRecord[] records) => new(epoch, position, reset, records);

    private static ChangeRecord Record(long sequence, string key) => new(sequence, ChangeKind.ObjectChanged, "bucket", key, default);
}
