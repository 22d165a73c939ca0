using System.Xml.Linq;

namespace EdgeCache.Shared.Tests.Conventions;

/// <summary>The conventions of the code, held against every file of the product.</summary>
public sealed class ConventionTests
{
    [Fact]
    public void The_sources_are_found() => Assert.Contains(SourceTree.Product, static file => file.Path == "src/Shared/Primitives/BucketName.cs");

    [Fact]
    public void A_namespace_equals_its_path() => AssertNone(Rules.NamespaceIsNotPath);

    [Fact]
    public void No_file_is_too_long() => AssertNone(Rules.IsTooLong);

    [Fact]
    public void Nothing_banned_is_said() => AssertNone(Rules.SaysWhatIsBanned);

    [Fact]
    public void Nothing_blocks_on_a_task() => AssertNone(Rules.BlocksOnATask);

    [Fact]
    public void References_point_one_way() => AssertNone(Rules.RefersWhereItMayNot);

    [Fact]
    public void A_file_holds_one_type_and_its_satellites() => AssertNone(Rules.HasTooManyTypes);

    [Fact]
    public void Every_event_id_is_used_once_and_within_its_block() => AssertNone(Rules.ReusesAnEventId(SourceTree.Product));

    [Fact]
    public void Projects_reference_one_way()
    {
        Dictionary<string, string[]> allowed = new()
        {
            ["EdgeCache.Shared"] = [],
            ["EdgeCache.Transport"] = [],
            ["EdgeCache.Origin"] = ["EdgeCache.Shared", "EdgeCache.Transport"],
            ["EdgeCache.Edge"] = ["EdgeCache.Shared", "EdgeCache.Transport"],
            ["EdgeCache.Standalone"] = ["EdgeCache.Shared", "EdgeCache.Origin", "EdgeCache.Edge"],
        };
        AssertNone(SourceTree.Find("src", "*.csproj").SelectMany(file => XDocument.Load(file)
            .Descendants("ProjectReference")
            .Select(static reference => Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include"))!.Replace('\\', '/')))
            .Except(allowed[Path.GetFileNameWithoutExtension(file)])
            .Select(target => $"{Path.GetRelativePath(SourceTree.Root, file)}:1: may not reference {target}")));
    }

    [Fact]
    public void Shared_depends_on_the_base_class_library_alone() => AssertNone(XDocument
        .Load(Path.Combine(SourceTree.Root, "src/Shared/EdgeCache.Shared.csproj"))
        .Descendants()
        .Where(static element => element.Name.LocalName is "PackageReference" or "FrameworkReference")
        .Select(static element => $"src/Shared/EdgeCache.Shared.csproj:1: {element}"));

    private static void AssertNone(Func<SourceFile, IEnumerable<string>> rule) => AssertNone(SourceTree.Product.SelectMany(rule));

    private static void AssertNone(IEnumerable<string> violations) => Assert.True(!violations.Any(), string.Join('\n', violations));
}
