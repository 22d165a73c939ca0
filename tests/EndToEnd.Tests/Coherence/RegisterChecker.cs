namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>
/// Decides whether the history of one key is linearizable as a register, where each read tells which write it saw: Gibbons and Korach, "Testing Shared
/// Memories" (SIAM J. Comput. 26, 1997), section 4. All operations on a write's value span its zone: from the first end among them to the last start. If the
/// end comes first the register must have held that value for the whole zone (a forward zone), else there is at least some moment within at which
/// all of them could have happened (a backward zone). A history is linearizable exactly if no read ends before its write began, no two forward zones overlap,
/// and no backward zone lies within a forward zone. No search is needed, so no bound on one either.
/// <para>
/// A write of unknown outcome that no read saw can be left out: if the history is linearizable with it, it is so without. One that was seen never ends.
/// Reads of "no object" tell their write by the version id of the delete marker; if that deletion's own answer was lost, the deletions without an answer stand
/// for it together, from when the first of them began.
/// </para>
/// </summary>
internal static class RegisterChecker
{
    public static IEnumerable<Violation> Check(KeyHistory history)
    {
        var zones = new Dictionary<string, Zone>(StringComparer.Ordinal);
        var writes = new ObservedWrites(history);
        Add(ObservedWrites.Initial, new Zone("nothing", TimeSpan.MinValue, TimeSpan.MinValue, TimeSpan.MinValue));
        foreach (var write in history.Writes)
        {
            Add(write.Id, new Zone($"write {write.Id}", write.Start, write.End ?? TimeSpan.MaxValue, write.Start));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var read in history.Reads)
        {
            var candidates = writes.Candidates(read);
            if (candidates.Count == 0)
            {
                yield return new Violation(history.Name, $"what was read was never written ({read})");
                continue;
            }

            var name = candidates.Count == 1 ? Name(candidates[0]) : "marker " + read.Marker;
            if (!zones.TryGetValue(name, out var zone))
            {
                var begun = candidates.Min(id => writes.Find(id)!.Start);
                zones.Add(name, zone = new Zone(name, begun, TimeSpan.MaxValue, begun));
            }

            if (read.End < zone.WriteStart)
            {
                yield return new Violation(history.Name, $"what was read was only written later ({read})");
            }

            seen.Add(name);
            zone.Include(read);
        }

        foreach (var violation in Conflicts(history.Name, [.. zones.Where(z => seen.Contains(z.Key) || z.Value.FirstEnd < TimeSpan.MaxValue).Select(static z => z.Value)]))
        {
            yield return violation;
        }

        void Add(long id, Zone zone) => zones.Add(Name(id), zone);
    }

    private static string Name(long id) => $"write {id}";

    private static IEnumerable<Violation> Conflicts(string key, List<Zone> zones)
    {
        // Forward zones that do not overlap have an order, in which each backward zone has one place to be looked for.
        var forward = zones.Where(static z => z.IsForward).OrderBy(static z => z.FirstEnd).ToList();
        for (var i = 1; i < forward.Count; i++)
        {
            if (forward[i].FirstEnd < forward[i - 1].LastStart)
            {
                yield return new Violation(key, $"both {forward[i - 1]} and {forward[i]} were there in between");
            }
        }

        foreach (var backward in zones.Where(static z => !z.IsForward))
        {
            if (forward.LastOrDefault(f => f.FirstEnd < backward.LastStart) is { } around && backward.FirstEnd < around.LastStart)
            {
                yield return new Violation(key, $"{backward} has no place, as {around} was there all the while");
            }
        }
    }

    private sealed class Zone(string name, TimeSpan writeStart, TimeSpan writeEnd, TimeSpan start)
    {
        public TimeSpan WriteStart => writeStart;

        public TimeSpan FirstEnd { get; private set; } = writeEnd;

        public TimeSpan LastStart { get; private set; } = start;

        public bool IsForward => FirstEnd < LastStart;

        public void Include(ReadOperation read)
        {
            FirstEnd = read.End < FirstEnd ? read.End : FirstEnd;
            LastStart = read.Start > LastStart ? read.Start : LastStart;
        }

        public override string ToString() => $"{name} [first end {FirstEnd}, last start {LastStart}]";
    }
}
