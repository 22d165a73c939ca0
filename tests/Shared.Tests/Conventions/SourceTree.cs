namespace EdgeCache.Shared.Tests.Conventions;

/// <summary>The repository's own sources, found from where the tests run.</summary>
internal static class SourceTree
{
    private const string Solution = "EdgeCache.sln";

    /// <summary>The directory of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>All C# files under <c>src</c>.</summary>
    public static IReadOnlyList<SourceFile> Product { get; } = [.. Find("src", "*.cs").Select(static file => SourceFile.Read(Root, file))];

    /// <summary>All files under a folder that match a pattern, but for what builds leave behind.</summary>
    public static IEnumerable<string> Find(string folder, string pattern) => Directory
        .EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
        .Where(static file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj"))
        .Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, Solution)))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No {Solution} above {AppContext.BaseDirectory}.");
    }
}
