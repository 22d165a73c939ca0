using System.IO.Pipelines;

namespace EdgeCache.Origin.Hosting;

/// <summary>
/// A connection's output on which the answer to a request that the HTTP parser refuses can be written in place of the server's own, which says
/// nothing of S3. After that whatever the server writes is dropped: it closes the connection.
/// </summary>
internal sealed class RefusableOutput(PipeWriter inner) : PipeWriter
{
    private byte[]? _dropped;

    /// <summary>Whether a request is with the pipeline, which answers its errors itself.</summary>
    public bool IsBusy { get; set; }

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    /// <summary>Writes the last answer of the connection.</summary>
    public void Refuse(ReadOnlySpan<byte> response)
    {
        response.CopyTo(inner.GetSpan(response.Length));
        inner.Advance(response.Length);
        _dropped = [];
    }

    public override void Advance(int bytes)
    {
        if (_dropped is null)
        {
            inner.Advance(bytes);
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _dropped is null ? inner.GetMemory(sizeHint) : Dropped(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _dropped is null ? inner.GetSpan(sizeHint) : Dropped(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private byte[] Dropped(int sizeHint)
    {
        if (_dropped!.Length < Math.Max(sizeHint, 4096))
        {
            _dropped = new byte[Math.Max(sizeHint, 4096)];
        }

        return _dropped;
    }
}
