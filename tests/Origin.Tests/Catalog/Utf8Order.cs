using System.Text;

namespace EdgeCache.Origin.Tests.Catalog;

/// <summary>The order of keys by definition: their bytes of UTF-8.</summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static Utf8Order Instance { get; } = new();

    public int Compare(string? x, string? y) => Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y!));
}
