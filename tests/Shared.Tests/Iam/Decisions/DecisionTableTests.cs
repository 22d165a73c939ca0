using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Iam.Policies;

namespace EdgeCache.Shared.Tests.Iam.Decisions;

/// <summary>Runs the tables: every row is a test named by its file and line.</summary>
public sealed class DecisionTableTests
{
    public static TheoryData<string, string> Rows
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var row in DecisionTable.Rows)
            {
                data.Add(row.Where, row.Text);
            }

            return data;
        }
    }

    [Fact]
    public void The_tables_have_at_least_300_rows() => Assert.True(DecisionTable.Rows.Count >= 300, $"{DecisionTable.Rows.Count} rows");

    [Theory]
    [MemberData(nameof(Rows))]
    public void Decides(string where, string text)
    {
        var row = DecisionTable.Rows.Single(row => row.Where == where);
        if (row.IsCondition)
        {
            DecideCondition(row);
        }
        else
        {
            DecideRow(row, text);
        }
    }

    private static void DecideRow(DecisionRow row, string text)
    {
        var section = row.Section;
        var access = section.Access.Count == 0
            ? [AccessPolicy.AllowEverything]
            : section.Access.Select(static policy => StatementWords.Access(policy.Key, policy.Value));
        var policy = section.Bucket.Count == 0 ? null : StatementWords.Bucket(RequestWords.BucketName, section.Bucket);
        var words = new RequestWords(section.Given.Concat(row.Words.Skip(3)));
        var decision = AccessEvaluator.Evaluate(words.Request(row.Words[0], row.Words[1], row.Words[2], access, policy));

        Assert.True(decision.Allowed == (row.Expectation[0] == "allow"), $"{section.Title}: {text}: {decision}");
        var deciding = decision.Policy is null ? "-" : $"{decision.Policy}/{decision.Statement}";
        Assert.Equal(row.Expectation.Count > 1 ? row.Expectation[1] : "-", deciding);
        Assert.NotEmpty(decision.Reason);
    }

    // A condition that is met lets an Allow allow a stranger and a Deny deny the owner; one that is not leaves both without effect.
    private static void DecideCondition(DecisionRow row)
    {
        var isMet = row.Expectation[0] == "met";
        var words = new RequestWords(row.Section.Given.Concat(row.Words.Skip(1)));
        var caller = row.Section.Given.Concat(row.Words).Any(static word => word.StartsWith("groups=", StringComparison.Ordinal))
            ? "org-a/coreweave/ann" : "anonymous";
        foreach (var (effect, name) in new[] { ("Allow", "anonymous"), ("Deny", "org-a/coreweave/ann") })
        {
            var policy = StatementWords.Bucket(RequestWords.BucketName, [["S", effect, "*", "s3:*", "bkt/*", "if", row.Words[0]]]);
            var who = caller == "anonymous" ? name : caller;
            var request = words.Request(who, "s3:GetObject", "bkt/key", [AccessPolicy.AllowEverything], policy);
            var decision = AccessEvaluator.Evaluate(request);
            var decided = decision.Policy == BucketPolicy.DecisionName;
            Assert.True(decided == isMet, $"{row.Where}: {row.Text}: {effect}: {decision}");
            Assert.True(!decided || decision.Allowed == (effect == "Allow"), $"{row.Where}: {decision}");
        }
    }
}
