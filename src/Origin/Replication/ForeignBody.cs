using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Replication;

/// <summary>Bytes that come from another region: each wait is bounded, and whatever breaks is ServiceUnavailable.</summary>
internal sealed class ForeignBody(Stream inner) : AsyncReadStream
{
    /// <summary>How long the next bytes may take.</summary>
    public static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(20);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StallTimeout);
        try
        {
            return await inner.ReadAsync(buffer, limit.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new S3Exception(ForeignRefusal.Unreachable, e);
        }
    }
}
