namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>Files with reproducible contents, and their comparison.</summary>
internal static class Files
{
    /// <summary>The directory of the solution that these tests were built from.</summary>
    public static string RepositoryRoot { get; } = FindRoot(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>Writes <paramref name="length"/> bytes drawn from <paramref name="seed"/>.</summary>
    public static string Write(string directory, string name, int length, int seed)
    {
        var path = Path.Combine(directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        File.WriteAllBytes(path, content);
        return path;
    }

    public static async Task AssertEqualAsync(string expected, string actual, CancellationToken cancellationToken)
    {
        await using var left = File.OpenRead(expected);
        await using var right = File.OpenRead(actual);
        Assert.True(left.Length == right.Length, $"{actual}: {right.Length} bytes instead of {left.Length}");
        await AssertEqualAsync(left, right, actual, cancellationToken);
    }

    /// <summary>Compares a file with a stream that should have the same bytes and then end.</summary>
    public static async Task AssertEqualAsync(FileStream expected, Stream actual, string what, CancellationToken cancellationToken)
    {
        const int BufferSize = 1 << 20;
        var a = new byte[BufferSize];
        var b = new byte[BufferSize];
        for (long position = 0; position < expected.Length; position += BufferSize)
        {
            var count = (int)Math.Min(BufferSize, expected.Length - position);
            await expected.ReadExactlyAsync(a.AsMemory(0, count), cancellationToken);
            await actual.ReadExactlyAsync(b.AsMemory(0, count), cancellationToken);
            Assert.True(a.AsSpan(0, count).SequenceEqual(b.AsSpan(0, count)), $"{what} differs within the MiB at {position}");
        }

        Assert.True(await actual.ReadAsync(b, cancellationToken) == 0, $"{what} is longer than it should be");
    }

    /// <summary>Compares all files below two directories.</summary>
    /// <returns>How many files were compared, and their bytes.</returns>
    public static async Task<(int Files, long Bytes)> AssertSameTreeAsync(string expected, string actual, CancellationToken cancellationToken)
    {
        var names = Names(expected);
        Assert.Equal(names, Names(actual));
        var bytes = 0L;
        foreach (var name in names)
        {
            await AssertEqualAsync(Path.Combine(expected, name), Path.Combine(actual, name), cancellationToken);
            bytes += new FileInfo(Path.Combine(expected, name)).Length;
        }

        return (names.Count, bytes);
    }

    private static List<string> Names(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(directory, f)).Order(StringComparer.Ordinal)];

    private static string FindRoot(DirectoryInfo directory) => File.Exists(Path.Combine(directory.FullName, "EdgeCache.sln"))
        ? directory.FullName
        : FindRoot(directory.Parent ?? throw new InvalidOperationException("The tests do not run from inside the source tree."));
}
