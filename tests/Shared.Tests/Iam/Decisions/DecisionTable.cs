using System.Globalization;
using EdgeCache.Shared.Tests.Conventions;

namespace EdgeCache.Shared.Tests.Iam.Decisions;

/// <summary>
/// Reads <c>*.table</c> files. A section begins with <c>= title</c>; its <c>access</c> and <c>bucket</c> lines are statements, <c>given</c> words that hold
/// for each of its rows. A row is <c>- caller action resource word... : expectation</c>; <c>? operator(key)=values word... : met|unmet</c> is a
/// condition tried for itself. Words are separated by blanks; quotes keep blanks in one.
/// </summary>
internal static class DecisionTable
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "tests", "Shared.Tests", "Iam", "Decisions");

    public static IReadOnlyList<DecisionRow> Rows { get; } = [.. Directory.EnumerateFiles(Folder, "*.table").Order(StringComparer.Ordinal).SelectMany(Read)];

    private static IEnumerable<DecisionRow> Read(string file)
    {
        var section = new DecisionSection(string.Empty, [], [], []);
        foreach (var (index, line) in File.ReadLines(file).Index())
        {
            var words = Words(line);
            if (words.Count == 0 || words[0].StartsWith('#'))
            {
                continue;
            }

            switch (words[0])
            {
                case "=":
                    section = new DecisionSection(line[1..].Trim(), [], [], []);
                    break;
                case "given":
                    section.Given.AddRange(words.Skip(1));
                    break;
                case "bucket":
                    section.Bucket.Add([.. words.Skip(1)]);
                    break;
                case "-" or "?":
                    var colon = words.LastIndexOf(":");
                    yield return new DecisionRow(
                        string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)}:{index + 1}"), line, section, words[0] == "?",
                        words[1..colon], words[(colon + 1)..]);
                    break;
                default:
                    var policy = words[0] == "access" ? "p" : words[0].Split('@')[1];
                    section.Access.TryAdd(policy, []);
                    section.Access[policy].Add([.. words.Skip(1)]);
                    break;
            }
        }
    }

    private static List<string> Words(string line)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        var quoted = false;
        foreach (var c in line + " ")
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ' ' && !quoted)
            {
                if (word.Length > 0)
                {
                    words.Add(word.ToString());
                    word.Clear();
                }
            }
            else
            {
                word.Append(c);
            }
        }

        return words;
    }
}

/// <summary>What the rows of a section share.</summary>
internal sealed record DecisionSection(
    string Title, Dictionary<string, List<string[]>> Access, List<string[]> Bucket, List<string> Given);

/// <summary>One row.</summary>
/// <param name="Where">File and line.</param>
/// <param name="Text">The line.</param>
/// <param name="Section">Its section.</param>
/// <param name="IsCondition">Whether it tries a condition.</param>
/// <param name="Words">What is asked.</param>
/// <param name="Expectation">What is expected.</param>
internal sealed record DecisionRow(
    string Where, string Text, DecisionSection Section, bool IsCondition, List<string> Words, List<string> Expectation);
