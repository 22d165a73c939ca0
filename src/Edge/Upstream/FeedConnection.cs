using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Upstream;

/// <summary>One connection to a change feed: its frames in order, each placed in time.</summary>
internal sealed class FeedConnection : IDisposable
{
    /// <summary>The longest frame accepted, in bytes: 512 records of keys of 1,024 bytes with every byte escaped, with room to spare.</summary>
    public const int MaxFrameBytes = 8 << 20;

    private readonly HttpResponseMessage _response;
    private readonly PipeReader _reader;
    private readonly FeedClock _clock;

    private FeedConnection(HttpResponseMessage response, Stream frames, FeedClock clock) =>
        (_response, _reader, _clock, Doubt) = (response, PipeReader.Create(frames), clock, clock.Age);

    /// <summary>How long the answer to the subscription took: by at most so much its frames are placed too early.</summary>
    public TimeSpan Doubt { get; }

    /// <summary>How long ago it was asked for.</summary>
    public TimeSpan Age => _clock.Age;

    /// <summary>Subscribes from where a stream stands. The answer's status is other than OK when it was refused, and then there is no connection.</summary>
    public static async Task<(HttpStatusCode Status, FeedConnection? Connection)> OpenAsync(
        HttpClient http, string path, string epoch, long after, TimeProvider time, CancellationToken cancellationToken)
    {
        var clock = new FeedClock(time);
        var response = await http.GetAsync(
            $"{path}?epoch={Uri.EscapeDataString(epoch)}&after={after}", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return (HttpStatusCode.OK, new FeedConnection(response, await response.Content.ReadAsStreamAsync(cancellationToken), clock));
        }

        using (response)
        {
            return (response.StatusCode, null);
        }
    }

    /// <summary>The next frame and what it completes (<see cref="FeedClock.Place"/>); null when the connection ended in order.</summary>
    /// <exception cref="JsonException">What came is no frame.</exception>
    /// <exception cref="IOException">The connection broke, or sent too much or from the future.</exception>
    public async ValueTask<(FeedFrame Frame, long? CompleteAt)?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var frame = Parse(buffer.Slice(0, end));
                _reader.AdvanceTo(buffer.GetPosition(1, end));
                return (frame, _clock.Place(frame));
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return null;
            }

            if (buffer.Length > MaxFrameBytes)
            {
                throw new InvalidDataException($"A frame is longer than {MaxFrameBytes} bytes.");
            }
        }
    }

    public void Dispose()
    {
        _reader.Complete();
        _response.Dispose();
    }

    private static FeedFrame Parse(ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        var frame = JsonSerializer.Deserialize(ref reader, InternalJson.Default.FeedFrame);
        return frame is { Epoch.Length: > 0, Records: not null } ? frame : throw new JsonException("A frame lacks its epoch or its records.");
    }
}
