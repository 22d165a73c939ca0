using System.Globalization;
using System.Text;

namespace EdgeCache.Shared.Tests.Diagnostics;

/// <summary>
/// A strict parser of the Prometheus text format 0.0.4: it refuses what Prometheus refuses, and what promtool warns of (samples outside their
/// family, repeated samples, TYPE after the first sample, histograms whose buckets do not add up).
/// </summary>
internal sealed class PrometheusText
{
    private readonly Dictionary<string, string> _types = [];
    private readonly Dictionary<string, string> _helps = [];
    private readonly Dictionary<string, double> _samples = [];
    private string? _family;

    public IReadOnlyDictionary<string, string> Types => _types;

    public IReadOnlyDictionary<string, string> Helps => _helps;

    /// <summary>Values by name and labels, the latter sorted: <c>name{a="1",b="2"}</c>, with escapes resolved.</summary>
    public IReadOnlyDictionary<string, double> Samples => _samples;

    public static PrometheusText Parse(byte[] utf8)
    {
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        var result = new PrometheusText();
        Check(text.Length == 0 || text.EndsWith('\n'), "the last line is unfinished");
        foreach (var line in text.Split('\n')[..^1])
        {
            result.ReadLine(line);
        }

        result.CheckHistograms();
        return result;
    }

    private static void Check(bool condition, string message)
    {
        if (!condition)
        {
            throw new FormatException(message);
        }
    }

    private void ReadLine(string line)
    {
        var words = line.Split(' ', 4);
        if (line.StartsWith('#'))
        {
            Check(words.Length == 4 && words[0] == "#" && words[1] is "HELP" or "TYPE", $"comment: {line}");
            Check(IsName(words[2]), $"name: {line}");
            Check((words[1] == "HELP" ? _helps : _types).TryAdd(words[2], words[3]), $"repeated: {line}");
            Check(words[1] == "HELP" || words[3] is "counter" or "gauge" or "histogram", $"type: {line}");
            _family = words[2];
            return;
        }

        ReadSample(line);
    }

    private void ReadSample(string line)
    {
        var position = 0;
        while (position < line.Length && line[position] is not ('{' or ' '))
        {
            position++;
        }

        var name = line[..position];
        Check(IsName(name), $"sample name: {line}");
        Check(_family is not null && _types.ContainsKey(_family), $"sample before its TYPE: {line}");
        Check(
            _types[_family!] == "histogram"
                ? name.StartsWith(_family!, StringComparison.Ordinal) && (name[_family!.Length..] is "_bucket" or "_sum" or "_count")
                : name == _family,
            $"not of {_family}: {line}");

        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (line[position] == '{')
        {
            position++;
            while (line[position] != '}')
            {
                ReadLabel(line, ref position, labels);
            }

            Check(labels.Count > 0, $"empty braces: {line}");
            position++;
        }

        Check(line[position] == ' ', $"no value: {line}");
        var number = line[(position + 1)..];
        var value = number switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            _ => double.Parse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture),
        };
        var key = labels.Count == 0 ? name : $"{name}{{{string.Join(',', labels.Select(static l => $"{l.Key}=\"{l.Value}\""))}}}";
        Check(_samples.TryAdd(key, value), $"repeated: {line}");
    }

    private static void ReadLabel(string line, ref int position, SortedDictionary<string, string> labels)
    {
        var equals = line.IndexOf('=', position);
        var name = line[position..equals];
        Check(IsName(name) && !name.Contains(':', StringComparison.Ordinal) && line[equals + 1] == '"', $"label: {line}");
        position = equals + 2;
        var value = new StringBuilder();
        while (line[position] != '"')
        {
            var c = line[position++];
            value.Append(c != '\\' ? c : line[position++] switch
            {
                '\\' => '\\',
                '"' => '"',
                'n' => '\n',
                var other => throw new FormatException($"escape {other}: {line}"),
            });
        }

        position++;
        Check(labels.TryAdd(name, value.ToString()), $"repeated label: {line}");
        Check(line[position] is ',' or '}', $"after a label: {line}");
        if (line[position] == ',')
        {
            position++;
            Check(line[position] != '}', $"dangling comma: {line}");
        }
    }

    private void CheckHistograms()
    {
        foreach (var family in _types.Where(static t => t.Value == "histogram").Select(static t => t.Key))
        {
            foreach (var (key, count) in _samples.Where(s => s.Key == family + "_count" || s.Key.StartsWith(family + "_count{", StringComparison.Ordinal)))
            {
                var labels = key[(family.Length + "_count".Length)..].Trim('{', '}');
                var buckets = _samples
                    .Where(s => s.Key.StartsWith(family + "_bucket{", StringComparison.Ordinal) && WithoutBound(s.Key) == labels)
                    .Select(static s => (Bound: Bound(s.Key), Count: s.Value))
                    .OrderBy(static b => b.Bound)
                    .ToArray();
                Check(buckets.Length > 0 && double.IsPositiveInfinity(buckets[^1].Bound) && buckets[^1].Count == count, $"no bucket equals {key}");
                Check(buckets.Zip(buckets.Skip(1)).All(static pair => pair.First.Count <= pair.Second.Count), $"buckets of {key} do not grow");
                Check(_samples.ContainsKey(key.Replace("_count", "_sum", StringComparison.Ordinal)), $"no sum beside {key}");
            }
        }

        static string[] Labels(string key) => key[(key.IndexOf('{', StringComparison.Ordinal) + 1)..^1].Split(',');
        static string WithoutBound(string key) => string.Join(',', Labels(key).Where(static l => !l.StartsWith("le=", StringComparison.Ordinal)));
        static double Bound(string key)
        {
            var text = Labels(key).Single(static l => l.StartsWith("le=", StringComparison.Ordinal))[4..^1];
            return text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);
        }
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':');
}
