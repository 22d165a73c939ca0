using System.IO.Pipelines;
using System.Text.Json;
using EdgeCache.Origin.Replication;
using EdgeCache.Shared.Replication;
using EdgeCache.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeCache.Origin.Tests.Replication;

public sealed class FeedWriterTests
{
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_frame_is_complete_as_of_before_the_look_that_made_it_and_not_while_more_is_known_to_follow()
    {
        // The source takes a second for each look; the first finds more than fits into a frame.
        var source = new Source(_time, FeedWriter.MaxRecordsPerFrame + 1);
        var askedAt = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(10));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var pipe = new Pipe();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(pipe.Writer.AsStream()));
        var running = new FeedWriter(source, askedAt, _time).RunAsync("e", 0, context.Response, ending.Token);
        using var lines = new StreamReader(pipe.Reader.AsStream());

        var first = await NextAsync(lines);
        Assert.Equal((FeedWriter.MaxRecordsPerFrame, (long?)null), (first.Records.Count, first.CompleteAt));
        var second = await NextAsync(lines);
        Assert.Equal((1, 11_000L), (second.Records.Count, second.CompleteAt));

        // A heartbeat is made by a look of its own, after the wait.
        await _time.WhenArmedAsync(1, Token);
        _time.Advance(FeedFrame.HeartbeatInterval);
        var heartbeat = await NextAsync(lines);
        Assert.Equal((0, 13_250L, source.Count), (heartbeat.Records.Count, heartbeat.CompleteAt, heartbeat.Position));
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static async Task<FeedFrame> NextAsync(StreamReader lines) =>
        JsonSerializer.Deserialize((await lines.ReadLineAsync(Token))!, InternalJson.Default.FeedFrame)!;

    private sealed class Source(ManualTimeProvider time, int count) : IChangeSource
    {
        public long Count => count;

        public string Epoch => "e";

        public ValueTask<ChangeBatch> ReadAsync(long after, int max, CancellationToken cancellationToken)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return ValueTask.FromResult(new ChangeBatch(
                count, HistoryGone: false,
                [.. Enumerable.Range((int)after + 1, (int)Math.Min(max, count - after)).Select(static i => new ChangeRecord(i, ChangeKind.ObjectChanged, "b", "k", default))]));
        }

        public Task WaitBeyondAsync(long position, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
