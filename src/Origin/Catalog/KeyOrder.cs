using System.Text;

namespace EdgeCache.Origin.Catalog;

/// <summary>The order of keys: by their bytes of UTF-8, which is the order of their code points.</summary>
internal static class KeyOrder
{
    private const int MaxScalar = 0x10FFFF, FirstSurrogate = 0xD800, AfterSurrogates = 0xE000;

    /// <summary>Greater than every key: one code point more than fits into one.</summary>
    private static readonly string s_end = new StringBuilder().Insert(0, char.ConvertFromUtf32(MaxScalar), 257).ToString();

    /// <summary>Compares by bytes of UTF-8.</summary>
    public static int Compare(string a, string b)
    {
        var i = a.AsSpan().CommonPrefixLength(b);
        if (i == a.Length || i == b.Length)
        {
            return a.Length.CompareTo(b.Length);
        }

        // UTF-16 orders surrogates, which stand for the greatest code points, before U+E000 to U+FFFF: lift them above.
        return Lift(a[i]).CompareTo(Lift(b[i]));

        static int Lift(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
    }

    /// <summary>The least string that is greater than all that begin with <paramref name="prefix"/>: an exclusive upper bound.</summary>
    public static string EndOfPrefix(string prefix)
    {
        for (var end = prefix.Length; end > 0;)
        {
            Rune.DecodeLastFromUtf16(prefix.AsSpan(0, end), out var last, out var length);
            end -= length;
            if (last.Value < MaxScalar)
            {
                var next = last.Value + 1 == FirstSurrogate ? AfterSurrogates : last.Value + 1;
                return string.Concat(prefix.AsSpan(0, end), char.ConvertFromUtf32(next));
            }
        }

        return s_end;
    }

    /// <summary>The common prefix that a key is rolled up into: through the first delimiter after the prefix; null when it stands for itself.</summary>
    public static string? RollUp(string key, string prefix, string delimiter)
    {
        if (delimiter.Length == 0)
        {
            return null;
        }

        var at = key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
        return at < 0 ? null : key[..(at + delimiter.Length)];
    }
}
