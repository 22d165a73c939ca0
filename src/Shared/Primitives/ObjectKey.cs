using System.Text;

namespace EdgeCache.Shared.Primitives;

/// <summary>
/// A valid object key: 1 to 1,024 bytes of UTF-8
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html">S3 object keys</see>).
/// </summary>
public readonly record struct ObjectKey
{
    /// <summary>The longest key allowed, in bytes of UTF-8.</summary>
    public const int MaxBytes = 1024;

    private readonly string? _value;

    private ObjectKey(string value) => _value = value;

    /// <summary>The key; empty only for the default value, which names no object.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>Validates <paramref name="text"/>; false when it is empty, longer than <see cref="MaxBytes"/>, or contains a NUL or a lone surrogate.</summary>
    public static bool TryParse(string? text, out ObjectKey key)
    {
        key = default;
        if (string.IsNullOrEmpty(text) || text.Length > MaxBytes || text.Contains('\0') || !IsWellFormed(text) ||
            Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            return false;
        }

        key = new ObjectKey(text);
        return true;
    }

    /// <summary>Validates <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">The text is not an object key.</exception>
    public static ObjectKey Parse(string text) =>
        TryParse(text, out var key) ? key : throw new FormatException("Not a valid object key.");

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            text = text[consumed..];
        }

        return true;
    }
}
