namespace EdgeCache.Shared.Tests.Conventions;

/// <summary>Each rule finds what it is there to find, and names the line.</summary>
public sealed class RulesTests
{
    [Theory]
    [InlineData("namespace EdgeCache.Edge;", "src/Edge/Filling/A.cs:3")]
    [InlineData("namespace EdgeCache.Edge.Filling.More;", "src/Edge/Filling/A.cs:3")]
    [InlineData("public class A;", "src/Edge/Filling/A.cs:1")]
    [InlineData("namespace EdgeCache.Edge.Filling;", null)]
    [InlineData("return 0;", null)]
    public void Namespaces(string code, string? expected) => Expect(expected, Rules.NamespaceIsNotPath(Edge("\n\n" + code)));

    [Theory]
    [InlineData("async void Run()", "src/Edge/Filling/A.cs:2")]
    [InlineData("#region x", "src/Edge/Filling/A.cs:2")]
    [InlineData("// TODO later", "src/Edge/Filling/A.cs:2")]
    [InlineData("// a HACK", "src/Edge/Filling/A.cs:2")]
    [InlineData("// async void is bad", null)]
    [InlineData("var s = \"async void\";", null)]
    [InlineData("var toDo = 1;", null)]
    public void Banned(string code, string? expected) => Expect(expected, Rules.SaysWhatIsBanned(Edge("\n" + code)));

    [Theory]
    [InlineData("var x = task.Result;", "src/Edge/Filling/A.cs:2")]
    [InlineData("task.GetAwaiter().GetResult();", "src/Edge/Filling/A.cs:2")]
    [InlineData("return task.IsCompletedSuccessfully ? task.Result : Slow();", null)]
    [InlineData("context.Result = x;", null)]
    [InlineData("// task.Result", null)]
    [InlineData("task.ResultCode", null)]
    public void Blocking(string code, string? expected) => Expect(expected, Rules.BlocksOnATask(Edge("\n" + code)));

    [Theory]
    [InlineData("src/Shared/Http/A.cs", "using Microsoft.Extensions.Logging;", true)]
    [InlineData("src/Shared/Http/A.cs", "using EdgeCache.Edge;", true)]
    [InlineData("src/Edge/Filling/A.cs", "using FASTER.core;", true)]
    [InlineData("src/Edge/Filling/A.cs", "using EdgeCache.Origin.Blobs;", true)]
    [InlineData("src/Origin/Blobs/A.cs", "using EdgeCache.Edge.Filling;", true)]
    [InlineData("src/Origin/Blobs/A.cs", "using FASTER.core;", true)]
    [InlineData("src/Edge/Storage/Nvme/A.cs", "using FASTER.core;", false)]
    [InlineData("src/Edge/Filling/A.cs", "using EdgeCache.Shared.Http; using Microsoft.Extensions.Logging;", false)]
    [InlineData("src/Standalone/A.cs", "using EdgeCache.Edge; using EdgeCache.Origin;", false)]
    [InlineData("src/Shared/Http/A.cs", "// see Microsoft.Extensions.Logging", false)]
    public void References(string path, string code, bool violates) =>
        Expect(violates ? $"{path}:1" : null, Rules.RefersWhereItMayNot(SourceFile.FromText(path, code)));

    [Fact]
    public void Types()
    {
        const string Small = "internal sealed class A\n{\n}\n";
        var large = "internal sealed class A\n{\n" + new string('\n', Rules.MaxSatelliteLines) + "}\n";
        Expect(null, Rules.HasTooManyTypes(Edge(Times(Small, Rules.MaxSatellites) + large)));
        Expect(null, Rules.HasTooManyTypes(Edge(Times("public sealed record A(\n    int B);\n", 10) + large)));
        Expect("src/Edge/Filling/A.cs:13", Rules.HasTooManyTypes(Edge(Times(Small, 2 + Rules.MaxSatellites))));
        Expect($"src/Edge/Filling/A.cs:{Rules.MaxSatelliteLines + 4}", Rules.HasTooManyTypes(Edge(Times(large, 2))));

        static string Times(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
    }

    [Fact]
    public void Length()
    {
        Expect(null, Rules.IsTooLong(Edge(new string('\n', Rules.MaxLines))));
        Expect($"src/Edge/Filling/A.cs:{Rules.MaxLines}", Rules.IsTooLong(Edge(new string('\n', Rules.MaxLines + 1))));
    }

    [Theory]
    [InlineData("[LoggerMessage(3100, LogLevel.Debug, \"\")] [LoggerMessage(3101, LogLevel.Debug, \"\")]", null)]
    [InlineData("[LoggerMessage(3100, LogLevel.Debug, \"\")]\n[LoggerMessage(\n EventId = 3100)]", "src/Edge/Filling/A.cs:2")]
    [InlineData("[LoggerMessage(2100, LogLevel.Debug, \"\")]", "src/Edge/Filling/A.cs:1")]
    [InlineData("[LoggerMessage(Base + 1, LogLevel.Debug, \"\")]", "src/Edge/Filling/A.cs:1")]
    public void EventIds(string code, string? expected) => Expect(expected, Rules.ReusesAnEventId([Edge(code)]));

    [Fact]
    public void EventIdBlocks() => Expect("src/Edge/Caching/A.cs:1", Rules.ReusesAnEventId(
    [
        SourceFile.FromText("src/Edge/Filling/A.cs", "[LoggerMessage(3100)]"),
        SourceFile.FromText("src/Edge/Filling/Deep/A.cs", "[LoggerMessage(3101)]"),
        SourceFile.FromText("src/Edge/Caching/A.cs", "[LoggerMessage(3102)]"),
    ]));

    [Theory]
    [InlineData("a // b\nc", "a     \nc")]
    [InlineData("a /* b\n */ c", "a     \n    c")]
    [InlineData("f(\"a\\\"b\", '\"', c)", "f(\"    \", ' ', c)")]
    [InlineData("@\"a\\\" + b", "@\"  \" + b")]
    [InlineData("@\"a\"\"b\" + c", "@\"    \" + c")]
    [InlineData("\"\"\"a \"b\" c\"\"\" + d", "\"           \" + d")]
    [InlineData("\"//\" + a", "\"  \" + a")]
    public void Comments_and_strings_are_blanked(string text, string expected)
    {
        var code = SourceFile.FromText("src/A.cs", text).Code;
        Assert.Equal(expected.TrimEnd(), code.TrimEnd());
        Assert.Equal(text.Length, code.Length);
    }

    private static SourceFile Edge(string text) => SourceFile.FromText("src/Edge/Filling/A.cs", text);

    private static void Expect(string? place, IEnumerable<string> violations)
    {
        if (place is null)
        {
            Assert.Empty(violations);
        }
        else
        {
            Assert.StartsWith(place + ":", Assert.Single(violations), StringComparison.Ordinal);
        }
    }
}
