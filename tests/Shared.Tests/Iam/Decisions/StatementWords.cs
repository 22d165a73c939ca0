using System.Text.Json.Nodes;
using EdgeCache.Shared.Iam.Policies;

namespace EdgeCache.Shared.Tests.Iam.Decisions;

/// <summary>
/// Makes policies of the table's short form of a statement: <c>name effect principals actions resources [if operator(key)=value|value]...</c>,
/// lists joined by commas; <c>not:</c> before a list makes it NotPrincipal, NotAction or NotResource.
/// </summary>
internal static class StatementWords
{
    private const string Not = "not:";

    public static BucketPolicy Bucket(string bucket, IEnumerable<string[]> statements)
    {
        var json = new JsonObject
        {
            ["Version"] = "2012-10-17",
            ["Statement"] = new JsonArray([.. statements.Select(BucketStatement)]),
        };
        Assert.Null(BucketPolicy.TryParse(json.ToJsonString(), bucket, out var policy));
        return policy!;
    }

    public static AccessPolicy Access(string name, IEnumerable<string[]> statements)
    {
        var json = new JsonObject
        {
            ["version"] = "v1alpha1",
            ["name"] = name,
            ["statements"] = new JsonArray([.. statements.Select(AccessStatement)]),
        };
        Assert.Null(AccessPolicy.TryParse(json.ToJsonString(), out var policy));
        return policy!;
    }

    /// <summary>Makes a Condition of <c>operator(key)=value|value</c> words; null of none.</summary>
    public static JsonObject? Conditions(IEnumerable<string> words)
    {
        var conditions = new JsonObject();
        foreach (var word in words)
        {
            var (open, close) = (word.IndexOf('('), word.IndexOf(")=", StringComparison.Ordinal));
            var name = word[..open];
            var group = conditions[name] as JsonObject ?? [];
            conditions[name] = group;
            group[word[(open + 1)..close]] = List(word[(close + 2)..], '|');
        }

        return conditions.Count == 0 ? null : conditions;
    }

    private static JsonObject BucketStatement(string[] words)
    {
        var statement = new JsonObject { ["Sid"] = words[0], ["Effect"] = words[1] };
        statement[Element("Principal", words[2])] = words[2] == "*" ? "*" : new JsonObject { ["AWS"] = List(WithoutNot(words[2]), ',') };
        statement[Element("Action", words[3])] = List(WithoutNot(words[3]), ',');
        statement[Element("Resource", words[4])] = List(
            string.Join(',', WithoutNot(words[4]).Split(',').Select(static r => r == "*" ? r : "arn:aws:s3:::" + r)), ',');
        if (Conditions(words.Skip(6)) is { } conditions)
        {
            statement["Condition"] = conditions;
        }

        return statement;
    }

    private static JsonObject AccessStatement(string[] words)
    {
        var statement = new JsonObject
        {
            ["name"] = words[0],
            ["effect"] = words[1],
            ["principals"] = Array(words[2], ','),
            ["actions"] = Array(words[3], ','),
            ["resources"] = Array(words[4], ','),
        };
        if (Conditions(words.Skip(6)) is { } conditions)
        {
            statement["conditions"] = conditions;
        }

        return statement;
    }

    private static string Element(string name, string list) => list.StartsWith(Not, StringComparison.Ordinal) ? "Not" + name : name;

    private static string WithoutNot(string list) => list.StartsWith(Not, StringComparison.Ordinal) ? list[Not.Length..] : list;

    private static JsonNode List(string text, char separator) =>
        text.Contains(separator, StringComparison.Ordinal) ? Array(text, separator) : JsonValue.Create(text);

    private static JsonArray Array(string text, char separator) => [.. text.Split(separator).Select(static item => (JsonNode)JsonValue.Create(item))];
}
