using System.Globalization;
using System.Security.Cryptography;

namespace EdgeCache.Shared.Audit;

/// <summary>
/// The identity of a batch, the same however often it is delivered: <c>&lt;time&gt;-&lt;random&gt;-&lt;node&gt;</c>, e.g.
/// <c>20261122T073000123Z-8f14e45fceea167a-edge.LGA1</c>. Names sort by the time at which the batch was begun.
/// </summary>
public sealed record AuditBatchId
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmssfff'Z'";
    private const int TimeLength = 19, RandomLength = 16, MaxNodeLength = 64;

    private readonly string _text;

    private AuditBatchId(string text, DateTimeOffset begunAt) => (_text, BegunAt) = (text, begunAt);

    /// <summary>When it was begun, whole milliseconds.</summary>
    public DateTimeOffset BegunAt { get; }

    /// <summary>A new one.</summary>
    /// <param name="now">The time.</param>
    /// <param name="node">Who begins it; other characters than letters, digits and periods are replaced.</param>
    public static AuditBatchId New(DateTimeOffset now, string node)
    {
        var safe = string.Concat(node.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '.'));
        var text = $"{now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{RandomNumberGenerator.GetHexString(RandomLength, lowercase: true)}-" +
                   safe[..Math.Min(safe.Length, MaxNodeLength)];
        return TryParse(text, out var id) ? id : throw new ArgumentException("The node has no name.", nameof(node));
    }

    /// <summary>Reads an id.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out AuditBatchId? id)
    {
        id = null;
        const int nodeAt = TimeLength + 1 + RandomLength + 1;
        if (text is null || text.Length is <= nodeAt or > nodeAt + MaxNodeLength || text[TimeLength] != '-' || text[nodeAt - 1] != '-' ||
            !text.AsSpan(TimeLength + 1, RandomLength).ContainsOnlyHex() || text.AsSpan(nodeAt).ContainsOther() ||
            !DateTimeOffset.TryParseExact(
                text.AsSpan(0, TimeLength), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
        {
            return false;
        }

        id = new AuditBatchId(text, at);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => _text;
}

/// <summary>The characters of a batch's id.</summary>
file static class Characters
{
    public static bool ContainsOnlyHex(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigitLower(c))
            {
                return false;
            }
        }

        return true;
    }

    public static bool ContainsOther(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '.')
            {
                return true;
            }
        }

        return false;
    }
}
