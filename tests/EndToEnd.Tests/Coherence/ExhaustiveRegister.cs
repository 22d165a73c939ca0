namespace EdgeCache.EndToEnd.Tests.Coherence;

/// <summary>Decides linearizability by trying every order (Wing and Gong): slow, and too simple to be wrong. For the tests of the checker alone.</summary>
internal static class ExhaustiveRegister
{
    public static bool IsLinearizable(IReadOnlyList<WriteOperation> writes, IReadOnlyList<ReadOperation> reads)
    {
        var operations = writes.Select(static w => (w.Start, End: w.End ?? TimeSpan.MaxValue, Value: w.Id, IsWrite: true))
            .Concat(reads.Select(static r => (r.Start, r.End, Value: r.Write ?? ObservedWrites.Initial, IsWrite: false))).ToList();
        return Try(operations, (1 << operations.Count) - 1, ObservedWrites.Initial);
    }

    private static bool Try(List<(TimeSpan Start, TimeSpan End, long Value, bool IsWrite)> operations, int left, long value)
    {
        var firstEnd = TimeSpan.MaxValue;
        for (var i = 0; i < operations.Count; i++)
        {
            firstEnd = (left & (1 << i)) != 0 && operations[i].End < firstEnd ? operations[i].End : firstEnd;
        }

        if (firstEnd == TimeSpan.MaxValue)
        {
            return true; // what never ended need not have happened
        }

        for (var i = 0; i < operations.Count; i++)
        {
            var (start, _, operand, isWrite) = operations[i];
            if ((left & (1 << i)) != 0 && start <= firstEnd && (isWrite || operand == value) && Try(operations, left & ~(1 << i), isWrite ? operand : value))
            {
                return true;
            }
        }

        return false;
    }
}
