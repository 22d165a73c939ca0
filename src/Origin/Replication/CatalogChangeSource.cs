using EdgeCache.Origin.Catalog;

namespace EdgeCache.Origin.Replication;

/// <summary>The region's change feed, as the catalog keeps it.</summary>
internal sealed class CatalogChangeSource(FeedStore feed) : IChangeSource
{
    public string Epoch => feed.Epoch;

    public async ValueTask<ChangeBatch> ReadAsync(long after, int max, CancellationToken cancellationToken)
    {
        var slice = await feed.ReadAsync(after, max, cancellationToken);
        return new ChangeBatch(slice.Position, slice.HistoryLost, slice.Records);
    }

    public Task WaitBeyondAsync(long position, CancellationToken cancellationToken) => feed.WaitAsync(position, cancellationToken);
}
