namespace EdgeCache.Shared.Audit;

/// <summary>
/// Brings sealed batches to the control plane's region, oldest first, each until it is stored there; only then its file is deleted. A batch that
/// is delivered twice is stored once: its id names the object.
/// </summary>
/// <param name="spools">Where the batches are.</param>
/// <param name="send">Delivers one.</param>
/// <param name="observer">Hears what happens.</param>
/// <param name="time">The clock.</param>
public sealed class AuditDelivery(
    IReadOnlyList<AuditSpool> spools, Func<AuditBatch, CancellationToken, Task<AuditReceipt>> send, AuditObserver observer, TimeProvider time)
{
    /// <summary>How often batches are looked after.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait after failures, which doubles from <see cref="Interval"/> with each.</summary>
    public static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(30);

    private readonly Dictionary<AuditBatchId, HashSet<string>> _stored = [];

    /// <summary>Delivers until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var wait = Interval;
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var spool in spools)
            {
                spool.SealIfDue();
            }

            wait = await DeliverAsync(cancellationToken) ? Interval : Min(wait * 2, MaxBackoff);
        }
    }

    /// <summary>Seals what is there and delivers it; true when nothing is left.</summary>
    public Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var spool in spools)
        {
            spool.SealNow();
        }

        return DeliverAsync(cancellationToken);
    }

    /// <summary>Delivers all sealed batches; false when some are left. The first that finds nobody ends the round, one that is refused does not.</summary>
    private async Task<bool> DeliverAsync(CancellationToken cancellationToken)
    {
        var complete = true;
        foreach (var spool in spools)
        {
            foreach (var file in spool.Sealed())
            {
                var receipt = await DeliverAsync(spool, file, cancellationToken);
                complete &= receipt == AuditReceipt.Stored;
                if (receipt == AuditReceipt.Unavailable)
                {
                    return false;
                }
            }
        }

        return complete;
    }

    private async Task<AuditReceipt> DeliverAsync(AuditSpool spool, AuditSpoolFile file, CancellationToken cancellationToken)
    {
        var outcome = AuditReceipt.Stored;
        try
        {
            foreach (var batch in AuditBatches.Read(file, spool.Plane, observer.Damaged))
            {
                // Those stored before another of the same file failed need not be sent again while this process lives.
                if (_stored.TryGetValue(file.Id, out var stored) && stored.Contains(batch.OrganizationId))
                {
                    continue;
                }

                var receipt = await send(batch, cancellationToken);
                if (receipt == AuditReceipt.Stored)
                {
                    observer.Stored(batch);
                    Remember(file.Id, batch.OrganizationId);
                    continue;
                }

                observer.Failed(batch, receipt);
                outcome = receipt;
                if (receipt == AuditReceipt.Unavailable)
                {
                    return receipt;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            observer.Unreadable(file, e);
            return AuditReceipt.Refused;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return AuditReceipt.Unavailable;
        }

        if (outcome == AuditReceipt.Stored)
        {
            spool.Delete(file);
            _stored.Remove(file.Id);
        }

        return outcome;
    }

    private void Remember(AuditBatchId id, string organization)
    {
        if (!_stored.TryGetValue(id, out var stored))
        {
            _stored.Add(id, stored = new HashSet<string>(StringComparer.Ordinal));
        }

        stored.Add(organization);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

/// <summary>What became of a delivery.</summary>
public enum AuditReceipt
{
    /// <summary>It is stored, now or before.</summary>
    Stored,

    /// <summary>Nobody could be reached, or there is no room: everything waits.</summary>
    Unavailable,

    /// <summary>This batch was refused; others may be taken.</summary>
    Refused,
}

/// <summary>Hears what happens to batches.</summary>
public abstract class AuditObserver
{
    /// <summary>A batch was stored.</summary>
    public abstract void Stored(AuditBatch batch);

    /// <summary>A batch was not stored; it will be tried again.</summary>
    public abstract void Failed(AuditBatch batch, AuditReceipt receipt);

    /// <summary>Lines of a file were not as they had been written, and are left out.</summary>
    public abstract void Damaged(int lines);

    /// <summary>A file can't be read; it will be tried again.</summary>
    public abstract void Unreadable(AuditSpoolFile file, Exception exception);
}
