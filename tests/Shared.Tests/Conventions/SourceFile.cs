using System.Text;

namespace EdgeCache.Shared.Tests.Conventions;

/// <summary>A C# file of the product.</summary>
internal sealed class SourceFile
{
    private SourceFile(string path, string text)
    {
        Path = path;
        Text = text;
        Lines = text.Split('\n');
        Code = Blank(text);
        CodeLines = Code.Split('\n');
    }

    /// <summary>The path from the root of the repository, with forward slashes.</summary>
    public string Path { get; }

    public string Text { get; }

    public string[] Lines { get; }

    /// <summary>The text with the content of comments and string literals blanked; every other character stays where it is.</summary>
    public string Code { get; }

    public string[] CodeLines { get; }

    /// <summary>The first folder below <c>src</c>: Shared, Origin, Edge or Standalone.</summary>
    public string Tier => Path.Split('/')[1];

    public static SourceFile Read(string root, string file) =>
        new(System.IO.Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllText(file).ReplaceLineEndings("\n"));

    public static SourceFile FromText(string path, string text) => new(path, text);

    /// <summary>Where a message points: <c>path:line</c>, for a position in <see cref="Code"/> or <see cref="Text"/>.</summary>
    public string At(int position) => $"{Path}:{Text.AsSpan(0, position).Count('\n') + 1}";

    private static string Blank(string text)
    {
        var code = new StringBuilder(text);
        var i = 0;
        while (i < text.Length)
        {
            var end = TokenEnd(text, i, out var keep);
            if (end < 0)
            {
                i++;
                continue;
            }

            for (var j = i + keep; j < end - keep; j++)
            {
                code[j] = code[j] == '\n' ? '\n' : ' ';
            }

            i = end;
        }

        return code.ToString();
    }

    /// <summary>The end of the comment or literal that begins at <paramref name="i"/>; negative when none does. Its delimiters, if kept, are one character.</summary>
    private static int TokenEnd(string text, int i, out int keep)
    {
        keep = 0;
        var rest = text.AsSpan(i);
        if (rest.StartsWith("//"))
        {
            return End(rest.IndexOf('\n'), 0);
        }

        if (rest.StartsWith("/*"))
        {
            return End(rest.IndexOf("*/"), 2);
        }

        keep = 1;
        if (rest.StartsWith("\"\"\""))
        {
            var quotes = rest.IndexOfAnyExcept('"');
            return quotes < 0 ? text.Length : End(rest[quotes..].IndexOf(new string('"', quotes)), 2 * quotes);
        }

        if (rest[0] == '"' && i > 0 && (text[i - 1] == '@' || (i > 1 && text[i - 1] == '$' && text[i - 2] == '@')))
        {
            var at = 1;
            while (at < rest.Length && (rest[at] != '"' || (at + 1 < rest.Length && rest[at + 1] == '"')))
            {
                at += rest[at] == '"' ? 2 : 1;
            }

            return Math.Min(i + at + 1, text.Length);
        }

        return rest[0] is '"' or '\'' ? EndOfQuoted(text, i) : -1;

        int End(int found, int delimiter) => found < 0 ? text.Length : i + found + delimiter;
    }

    private static int EndOfQuoted(string text, int i)
    {
        var at = i + 1;
        while (at < text.Length && text[at] != text[i] && text[at] != '\n')
        {
            at += text[at] == '\\' ? 2 : 1;
        }

        return Math.Min(at + 1, text.Length);
    }
}
