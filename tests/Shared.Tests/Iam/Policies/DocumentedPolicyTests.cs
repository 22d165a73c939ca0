using System.Text.RegularExpressions;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.Tests.Conventions;
using EdgeCache.Shared.Tests.Iam.Decisions;

namespace EdgeCache.Shared.Tests.Iam.Policies;

/// <summary>The policies that docs/identity.md shows are accepted, and decide what the tables below them say.</summary>
public sealed partial class DocumentedPolicyTests
{
    private const int Examples = 4;

    [Fact]
    public void Examples_decide_what_the_document_says()
    {
        var (policies, rows) = (0, 0);
        AccessPolicy? access = null;
        BucketPolicy? bucket = null;
        foreach (var block in Blocks().Matches(Section()).Cast<Match>())
        {
            if (block.Groups["json"].Value is { Length: > 0 } json)
            {
                (access, bucket) = Parse(json);
                policies++;
                continue;
            }

            var cells = block.Groups["row"].Value.Split('|', StringSplitOptions.TrimEntries)[1..^1];
            var request = new RequestWords(cells[3].Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Request(cells[0], cells[1], cells[2], [access ?? AccessPolicy.AllowEverything], bucket);
            var decision = AccessEvaluator.Evaluate(request);
            Assert.Equal(cells[4], $"{(decision.Allowed ? "allowed" : "denied")}{(decision.Statement is { } name ? $" by {name}" : "")}");
            rows++;
        }

        Assert.Equal(Examples, policies);
        Assert.True(rows >= 3 * Examples, $"{rows} rows");
    }

    private static (AccessPolicy? Access, BucketPolicy? Bucket) Parse(string json)
    {
        if (json.Contains("v1alpha1", StringComparison.Ordinal))
        {
            Assert.Null(AccessPolicy.TryParse(json, out var access));
            return (access, null);
        }

        Assert.Null(BucketPolicy.TryParse(json, Bucket().Match(json).Groups[1].Value, out var bucket));
        return (null, bucket);
    }

    private static string Section()
    {
        var text = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "identity.md"));
        var start = text.IndexOf("## How a request is decided", StringComparison.Ordinal);
        Assert.True(start >= 0);
        var end = text.IndexOf("\n## ", start, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..end];
    }

    // A JSON block, or a row of a table that begins with a caller.
    [GeneratedRegex(@"```json\n(?<json>.*?)```|^(?<row>\| (?:anonymous|org-[ab]/\S+) \|[^\n]*)$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"arn:aws:s3:::([a-z0-9-]+)")]
    private static partial Regex Bucket();
}
