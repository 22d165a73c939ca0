namespace EdgeCache.Transport;

/// <summary>How far a connection's sending is.</summary>
/// <param name="IsWaiting">Whether it waits for the client.</param>
/// <param name="Acknowledged">How many bytes the client has acknowledged.</param>
/// <param name="RegionSince">The timestamp at which the region began that is under way; null when there is none.</param>
internal readonly record struct SendProgress(bool IsWaiting, long Acknowledged, long? RegionSince);

/// <summary>What was seen of a connection that waits.</summary>
/// <param name="Acknowledged">How many bytes the client had acknowledged.</param>
/// <param name="Since">The timestamp at which it was seen to have; 0 when the connection did not wait.</param>
internal readonly record struct SendMark(long Acknowledged, long Since);
