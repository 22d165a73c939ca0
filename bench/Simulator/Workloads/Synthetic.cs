namespace EdgeCache.Simulator.Workloads;

/// <summary>The workloads of a fleet of GPU nodes, made from a seed. Sizes are fractions of the cache, so that they mean the same at any capacity.</summary>
internal static class Synthetic
{
    private const int Nodes = 200;
    private const long Second = 1000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;
    private const long ShardBytes = 5L << 30;
    private const int ScanReader = 1_000_000;
    private const int TrainerReader = 2_000_000;

    /// <summary>The names of all workloads.</summary>
    public static IReadOnlyList<string> Names { get; } = ["fleet", "epoch", "scan", "mixed", "churn"];

    /// <summary>Makes one.</summary>
    public static AccessList Make(string name, long capacity, int seed)
    {
        var list = new AccessList();
        var random = new Random(seed);
        switch (name)
        {
            case "fleet":
                Fleet(list, random, capacity, hours: 24);
                break;
            case "epoch":
                Epoch(list, random, capacity, epochs: 5);
                break;
            case "scan":
                Fleet(list, random, capacity, hours: 24);
                Scan(list, capacity, start: 3 * Hour, times: 2);
                break;
            case "mixed":
                Fleet(list, random, capacity, hours: 24);
                Epoch(list, random, capacity, epochs: 5);
                Scan(list, capacity, start: 3 * Hour, times: 2);
                break;
            case "churn":
                Popular(list, random, capacity);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(name));
        }

        list.Sort();
        return list;
    }

    /// <summary>Every two hours all nodes load the same checkpoint, an eighth of the cache, each starting within the first five minutes; every eight hours it is a new one.</summary>
    private static void Fleet(AccessList list, Random random, long capacity, int hours)
    {
        var shards = (int)Math.Max(1, capacity / 8 / ShardBytes);
        var shardBytes = Math.Min(ShardBytes, capacity / 8);
        for (var hour = 0; hour < hours; hour += 2)
        {
            for (var node = 0; node < Nodes; node++)
            {
                var start = (hour * Hour) + random.NextInt64(5 * Minute);
                for (var shard = 0; shard < shards; shard++)
                    list.AddObject($"checkpoint-{hour / 8}/{shard}", shardBytes, start + (shard * 20 * Second), 20 * Second, node);
            }
        }
    }

    /// <summary>Trainers read a data set of twice the cache in a new random order in each epoch of four hours, every file once.</summary>
    private static void Epoch(AccessList list, Random random, long capacity, int epochs)
    {
        const long FileBytes = 256L << 20;
        var files = Enumerable.Range(0, (int)(2 * capacity / FileBytes)).ToArray();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            random.Shuffle(files);
            for (var i = 0; i < files.Length; i++)
                list.AddObject($"train/{files[i]}", FileBytes, (epoch * 4 * Hour) + (i * 4 * Hour / files.Length), Second, TrainerReader + epoch);
        }
    }

    /// <summary>A backup reads as much as the cache holds, once each time, never again.</summary>
    private static void Scan(AccessList list, long capacity, long start, int times)
    {
        const long FileBytes = 1L << 30;
        var files = capacity / FileBytes;
        for (var time = 0; time < times; time++)
        {
            for (var file = 0; file < files; file++)
                list.AddObject($"scan-{time}/{file}", FileBytes, start + (time * 7 * Hour) + (file * 2 * Hour / files), 10 * Second, ScanReader + time);
        }
    }

    /// <summary>Objects of mixed sizes, five times the cache together, with Zipf popularity (1.0) and one read in ten for an object never seen before.</summary>
    private static void Popular(AccessList list, Random random, long capacity)
    {
        const int Objects = 20_000, Reads = 400_000;
        var scale = 5.0 * capacity / Objects;
        var sizes = new long[Objects];
        var cumulative = new double[Objects];
        var sum = 0.0;
        for (var i = 0; i < Objects; i++)
        {
            sizes[i] = Math.Max(4096, (long)(-Math.Log(1 - random.NextDouble()) * scale));
            cumulative[i] = sum += 1.0 / (i + 1);
        }

        for (var read = 0; read < Reads; read++)
        {
            var at = read * 24L * Hour / Reads;
            if (random.Next(10) == 0)
            {
                list.AddObject($"once/{read}", Math.Max(4096, (long)(-Math.Log(1 - random.NextDouble()) * scale)), at, Second, random.Next(Nodes));
                continue;
            }

            var index = Array.BinarySearch(cumulative, random.NextDouble() * sum);
            index = index < 0 ? Math.Min(~index, Objects - 1) : index;
            list.AddObject($"popular/{index}", sizes[index], at, Second, random.Next(Nodes));
        }
    }
}
