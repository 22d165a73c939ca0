using System.Text.RegularExpressions;

namespace EdgeCache.Shared.Tests.Conventions;

/// <summary>The conventions, each as a function from sources to violations, which begin with <c>path:line</c>.</summary>
internal static partial class Rules
{
    public const int MaxLines = 600;

    /// <summary>How many types with a body may accompany the one that a file is named for.</summary>
    public const int MaxSatellites = 3;

    /// <summary>From this many lines on a type has outgrown being a satellite.</summary>
    public const int MaxSatelliteLines = 60;

    /// <summary>How many lines before a use of a task's result its completion may have been established.</summary>
    private const int CompletionReach = 8;

    private static readonly (Regex Pattern, string Why)[] Banned =
    [
        (AsyncVoid(), "async void: its failures end the process"),
        (Region(), "#region: often a missing type"),
    ];

    private static readonly (Regex Pattern, string Why)[] Blocking =
    [
        (TaskResult(), ".Result blocks a thread unless the task has completed: await it"),
        (GetResult(), ".GetAwaiter().GetResult() blocks a thread: await it"),
    ];

    public static IEnumerable<string> NamespaceIsNotPath(SourceFile file)
    {
        var match = Namespace().Match(file.Code);
        var folder = file.Path[..file.Path.LastIndexOf('/')];
        var expected = "EdgeCache" + folder["src".Length..].Replace('/', '.');
        if (match.Success ? match.Groups[1].Value != expected : TypeDeclaration().IsMatch(file.Code))
        {
            yield return $"{file.At(match.Success ? match.Index : 0)}: the namespace is not {expected}";
        }
    }

    public static IEnumerable<string> IsTooLong(SourceFile file)
    {
        if (file.Lines.Length - 1 > MaxLines)
        {
            yield return $"{file.Path}:{MaxLines}: goes on for {file.Lines.Length - 1} lines";
        }
    }

    public static IEnumerable<string> SaysWhatIsBanned(SourceFile file)
    {
        foreach (var (pattern, why) in Banned)
        {
            foreach (var match in pattern.Matches(file.Code).Cast<Match>())
            {
                yield return $"{file.At(match.Index)}: {why}";
            }
        }

        // Unfinished work is announced in comments, so these are looked for in the whole text.
        foreach (var match in Unfinished().Matches(file.Text).Cast<Match>())
        {
            yield return $"{file.At(match.Index)}: {match.Value}: finish it, or file an issue";
        }
    }

    /// <summary>Blocking on a task, unless that line or one shortly before it has established that the task is complete.</summary>
    public static IEnumerable<string> BlocksOnATask(SourceFile file)
    {
        foreach (var (pattern, why) in Blocking)
        {
            for (var i = 0; i < file.CodeLines.Length; i++)
            {
                var before = file.CodeLines[Math.Max(0, i - CompletionReach)..(i + 1)];
                if (pattern.IsMatch(file.CodeLines[i]) && !before.Any(static line => line.Contains(".IsCompleted", StringComparison.Ordinal)))
                {
                    yield return $"{file.Path}:{i + 1}: {why}";
                }
            }
        }
    }

    public static IEnumerable<string> RefersWhereItMayNot(SourceFile file)
    {
        IEnumerable<(Regex Pattern, string Why)> rules = file.Tier switch
        {
            "Shared" => [(Hosting(), "Shared knows of no hosting"), (OtherTier("Origin|Edge|Standalone"), "Shared knows of no tier")],
            "Transport" => [(OtherTier("Shared|Origin|Edge|Standalone"), "the transport knows nothing of objects")],
            "Edge" => [(OtherTier("Origin|Standalone"), "the edge talks to origins over the network only")],
            "Origin" => [(OtherTier("Edge|Standalone"), "an origin knows of no edge"), (ExternalCache(), "FASTER belongs to the edge's storage")],
            _ => [],
        };
        if (file.Tier == "Edge" && !file.Path.StartsWith("src/Edge/Storage/", StringComparison.Ordinal))
        {
            rules = rules.Append((ExternalCache(), "FASTER stays inside src/Edge/Storage"));
        }

        foreach (var (pattern, why) in rules)
        {
            foreach (var match in pattern.Matches(file.Code).Cast<Match>())
            {
                yield return $"{file.At(match.Index)}: {match.Value}: {why}";
            }
        }
    }

    /// <summary>Types without a body, such as positional records, are shapes of the file's noun and not counted.</summary>
    public static IEnumerable<string> HasTooManyTypes(SourceFile file)
    {
        var types = new List<(int Line, int Length)>();
        for (var i = 0; i < file.CodeLines.Length; i++)
        {
            if (TypeDeclaration().IsMatch(file.CodeLines[i]))
            {
                // A body opens on a line of its own; without one the declaration ends in a semicolon first.
                var next = Array.FindIndex(file.CodeLines, i, static line => line.StartsWith('{') || line.TrimEnd().EndsWith(';'));
                var hasBody = next >= 0 && file.CodeLines[next].StartsWith('{');
                if (hasBody)
                {
                    var end = Array.FindIndex(file.CodeLines, next, static line => line.StartsWith('}'));
                    types.Add((i + 1, end - i + 1));
                }
            }
        }

        if (types.Count > 1 + MaxSatellites)
        {
            yield return $"{file.Path}:{types[1 + MaxSatellites].Line}: {types.Count} types in one file";
        }

        foreach (var (line, length) in types.Where(static type => type.Length > MaxSatelliteLines).Skip(1))
        {
            yield return $"{file.Path}:{line}: a second type of {length} lines deserves a file of its own";
        }
    }

    public static IEnumerable<string> ReusesAnEventId(IEnumerable<SourceFile> files)
    {
        var ids = new Dictionary<int, string>();
        var blocks = new Dictionary<int, string>();
        foreach (var file in files)
        {
            foreach (var match in LoggerMessage().Matches(file.Code).Cast<Match>())
            {
                var at = file.At(match.Index);
                if (!int.TryParse(match.Groups[1].Value, out var id))
                {
                    yield return $"{at}: the event id is not a number";
                    continue;
                }

                if (!ids.TryAdd(id, at))
                {
                    yield return $"{at}: event id {id} is taken by {ids[id]}";
                }

                if (!IsOfTier(id, file.Tier))
                {
                    yield return $"{at}: event id {id} is not of the range of {file.Tier}";
                }

                var area = string.Join('/', file.Path.Split('/')[..^1].Take(3));
                if (blocks.TryAdd(id / 100, area) is false && blocks[id / 100] != area)
                {
                    yield return $"{at}: event ids {id / 100 * 100} to {(id / 100 * 100) + 99} belong to {blocks[id / 100]}";
                }
            }
        }
    }

    private static bool IsOfTier(int id, string tier) => tier switch
    {
        "Transport" => id is >= 1000 and < 2000,
        "Origin" => id is >= 2000 and < 3000,
        "Edge" => id is >= 3000 and < 4000,
        "Standalone" => id >= 4000,
        _ => false,
    };

    private static Regex OtherTier(string tiers) => new($@"\bEdgeCache\.({tiers})\b", RegexOptions.CultureInvariant);

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:public|internal|file)\s[^=(;{]*?\b(?:class|struct|record|interface|enum|delegate)\s+\w+", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\basync\s+void\b")]
    private static partial Regex AsyncVoid();

    [GeneratedRegex(@"^[ \t]*#region", RegexOptions.Multiline)]
    private static partial Regex Region();

    [GeneratedRegex(@"\b(?:TODO|HACK|FIXME|XXX)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\.Result\b(?!\s*=[^=>])")]
    private static partial Regex TaskResult();

    [GeneratedRegex(@"\.GetAwaiter\(\)\s*\.GetResult\(\)")]
    private static partial Regex GetResult();

    [GeneratedRegex(@"\bMicrosoft\.(?:AspNetCore|Extensions)\b")]
    private static partial Regex Hosting();

    [GeneratedRegex(@"\bFASTER\.")]
    private static partial Regex ExternalCache();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?([^,)\s]*)")]
    private static partial Regex LoggerMessage();
}
