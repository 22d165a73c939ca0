namespace EdgeCache.Edge.Hosting;

/// <summary>
/// Whether the edge is being emptied of clients: it says that it is not ready, so that it is no longer announced, asks every client to close its
/// connection after the answer, and goes on serving whoever still comes.
/// </summary>
internal sealed class DrainState
{
    private const long NotDraining = 0;

    private long _since = NotDraining;
    private int _inFlight;

    /// <summary>Since when it drains; null when it does not.</summary>
    public DateTimeOffset? Since => Volatile.Read(ref _since) is var ticks and not NotDraining ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>The S3 requests that are being served.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Begins; false when it drains already.</summary>
    public bool TryBegin(DateTimeOffset now) => Interlocked.CompareExchange(ref _since, now.UtcTicks, NotDraining) == NotDraining;

    /// <summary>Ends; false when it did not drain.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _since, NotDraining) != NotDraining;

    /// <summary>Serves an S3 request and counts it meanwhile.</summary>
    public async Task ServeAsync(HttpContext context, RequestDelegate serve)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            if (Volatile.Read(ref _since) != NotDraining)
            {
                context.Response.Headers.Connection = "close";
            }

            await serve(context);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}
