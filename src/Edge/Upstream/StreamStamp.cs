namespace EdgeCache.Edge.Upstream;

/// <summary>
/// The state of a change stream from which something was learned, taken before the question was sent. What is cached carries it, and is
/// believed only while <see cref="ChangeStream.Covers"/> says so.
/// </summary>
/// <param name="Epoch">The history that the stream belonged to; empty when the stream was never heard.</param>
/// <param name="AsOf">A position such that the answer reflects all changes up to it.</param>
/// <param name="At">When it was learned.</param>
internal readonly record struct StreamStamp(string Epoch, long AsOf, DateTimeOffset At);
