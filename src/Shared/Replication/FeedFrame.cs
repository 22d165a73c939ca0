using System.Text.Json.Serialization;

namespace EdgeCache.Shared.Replication;

/// <summary>
/// One line of the feed's wire format: newline-delimited JSON over a response that stays open
/// (<c>GET /internal/v1/feed?epoch=E&amp;after=N</c> on a region's or the control plane's admin listener).
/// A frame carries records or is a heartbeat; both tell the position up to which the stream is complete.
/// </summary>
/// <param name="Epoch">The identity of the stream's history; a new one means that positions of another are void and everything cached must be revalidated.</param>
/// <param name="Position">All changes up to this sequence have been sent on this connection or were known to the subscriber.</param>
/// <param name="Reset">True in the first frame when the history after the asked-for position is no longer kept: the subscriber must distrust all it has.</param>
/// <param name="Records">The changes, in order; empty in a heartbeat.</param>
public sealed record FeedFrame(string Epoch, long Position, bool Reset, IReadOnlyList<ChangeRecord> Records)
{
    /// <summary>
    /// A moment by which nothing had been committed beyond <see cref="Position"/>, in milliseconds since the subscriber's request arrived, on the sender's
    /// monotonic clock; null while more is known to follow. <see cref="FeedClock"/> reads it.
    /// </summary>
    public long? CompleteAt { get; init; }

    /// <summary>How often a heartbeat is sent at least.</summary>
    [JsonIgnore]
    public static TimeSpan HeartbeatInterval { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A feed whose last complete frame was made longer ago than this is not live, whenever it arrived.</summary>
    [JsonIgnore]
    public static TimeSpan StaleAfter { get; } = TimeSpan.FromSeconds(1);
}
