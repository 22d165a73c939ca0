namespace EdgeCache.Shared.Http;

/// <summary>A contiguous run of an object's bytes.</summary>
/// <param name="Offset">The position of the first byte, from 0.</param>
/// <param name="Length">How many bytes; 0 only for the whole of an empty object.</param>
public readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>The position after the last byte.</summary>
    public long End => Offset + Length;

    /// <summary>The value of <c>Content-Range</c> for a 206 of an object of <paramref name="size"/> bytes (RFC 9110 section 14.4).</summary>
    public string ToContentRange(long size) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bytes {Offset}-{End - 1}/{size}");

    /// <summary>The value of <c>Range</c> that asks for exactly these bytes (RFC 9110 section 14.2).</summary>
    public string ToRangeHeader() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bytes={Offset}-{End - 1}");
}
