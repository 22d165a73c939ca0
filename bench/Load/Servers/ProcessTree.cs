using System.Globalization;

namespace EdgeCache.Load.Servers;

/// <summary>Reads what Linux tells about processes and the machine's CPU time (proc(5)).</summary>
internal static class ProcessTree
{
    // USER_HZ, the unit of these files, is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;
    private const int UserField = 11;
    private const int SystemField = 12;

    /// <summary>The CPU time so far of a process and its living descendants; those that are gone count nothing.</summary>
    public static TimeSpan CpuTime(int processId)
    {
        var total = TimeSpan.Zero;
        foreach (var id in WithDescendants(processId))
        {
            if (TryRead($"/proc/{id}/stat") is { } stat)
            {
                // The name, in parentheses, may hold blanks; the fields after it do not.
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                total += Ticks(fields[UserField]) + Ticks(fields[SystemField]);
            }
        }

        return total;
    }

    /// <summary>A field of /proc/ID/status that is in kB, such as VmRSS or VmHWM, in bytes; zero when the process is gone.</summary>
    public static long Memory(int processId, string field)
    {
        var line = TryRead($"/proc/{processId}/status")?.Split('\n').FirstOrDefault(line => line.StartsWith($"{field}:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10;
    }

    /// <summary>The CPU time that the whole machine has spent on anything but idling, since boot.</summary>
    public static TimeSpan MachineBusyTime()
    {
        // user nice system idle iowait irq softirq steal guest guest_nice; the guests are in user and nice already.
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new[] { 1, 2, 3, 6, 7, 8 }.Aggregate(TimeSpan.Zero, (sum, field) => sum + Ticks(fields[field]));
    }

    private static List<int> WithDescendants(int processId)
    {
        var found = new List<int> { processId };
        for (var i = 0; i < found.Count; i++)
        {
            var tasks = $"/proc/{found[i]}/task";
            if (!Directory.Exists(tasks))
            {
                continue;
            }

            foreach (var task in Directory.EnumerateDirectories(tasks))
            {
                var children = TryRead(Path.Combine(task, "children")) ?? "";
                found.AddRange(children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)));
            }
        }

        return found;
    }

    private static TimeSpan Ticks(string field) => TimeSpan.FromSeconds(long.Parse(field, CultureInfo.InvariantCulture) / TicksPerSecond);

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
