namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>
/// Checks the reads of one key against what was promised of their age: a read may return a write only if no other write that surely came after it had
/// surely taken effect longer than the bound before the read began. An answer that says how stale it may be is excused for just that long, and for no
/// longer than the configured maximum; in a strong bucket for nothing.
/// </summary>
/// <param name="bound">The oldest that an answer without a word may be.</param>
/// <param name="maxStaleness">The most that an answer may say.</param>
internal sealed class StalenessChecker(TimeSpan bound, TimeSpan maxStaleness)
{
    /// <summary>Cache-Status tells staleness in whole seconds, rounded up.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    /// <summary>What is wrong with the reads of a key.</summary>
    /// <param name="history">The key's history.</param>
    /// <param name="ages">Takes, for each read of which it is known, for how long what it returned had been overwritten when it began.</param>
    public IEnumerable<Violation> Check(KeyHistory history, Action<ReadOperation, TimeSpan>? ages = null)
    {
        var writes = new ObservedWrites(history);
        foreach (var read in history.Reads)
        {
            if (Fault(history, writes, read, ages) is { } fault)
            {
                yield return new Violation(history.Name, $"{fault} ({read})");
            }
        }
    }

    private string? Fault(KeyHistory history, ObservedWrites writes, ReadOperation read, Action<ReadOperation, TimeSpan>? ages)
    {
        var candidates = writes.Candidates(read);
        if (candidates.Count == 0)
        {
            return "what was read was never written";
        }

        if (candidates.All(id => writes.Find(id)!.Start > read.End))
        {
            return "what was read was only written later";
        }

        if (read.Write is { } seen && writes.Find(seen)!.ETag != read.ETag)
        {
            return $"the body is that of write {seen}, whose ETag is {writes.Find(seen)!.ETag}";
        }

        if (read.Stale is { } stale && (history.IsStrong || stale > maxStaleness + Rounding))
        {
            return history.IsStrong ? "a strong bucket gave a stale answer" : $"an answer {stale} stale was given, more than {maxStaleness}";
        }

        var age = candidates.Min(id => writes.OverwrittenAt(id) is var at && at == TimeSpan.MaxValue ? TimeSpan.Zero : read.Start - at);
        age = age < TimeSpan.Zero ? TimeSpan.Zero : age;
        ages?.Invoke(read, age);
        var allowed = (read.Stale ?? TimeSpan.Zero) + bound;
        return age <= allowed ? null : $"what was read had been overwritten {age.TotalMilliseconds:0} ms before the read began, {allowed.TotalMilliseconds:0} ms were allowed";
    }
}
