namespace EdgeCache.Shared.SigV4;

/// <summary>Lower-case hexadecimal as ASCII bytes.</summary>
internal static class Hex
{
    /// <summary>The length of a SHA-256 or a signature in digits.</summary>
    public const int HashLength = 64;

    /// <summary>Writes two digits per byte.</summary>
    public static void Write(ReadOnlySpan<byte> bytes, Span<byte> digits) => Convert.TryToHexStringLower(bytes, digits, out _);
}
