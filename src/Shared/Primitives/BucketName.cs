namespace EdgeCache.Shared.Primitives;

/// <summary>
/// A valid bucket name: 3 to 63 characters of <c>[a-z0-9.-]</c>, beginning and ending with a letter or digit,
/// without adjacent periods or a period beside a hyphen, not formatted as an IPv4 address, and without a reserved prefix or suffix
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html">S3 bucket naming rules</see>).
/// </summary>
public readonly record struct BucketName
{
    /// <summary>The shortest name allowed, in characters.</summary>
    public const int MinLength = 3;

    /// <summary>The longest name allowed, in characters.</summary>
    public const int MaxLength = 63;

    private static readonly string[] ReservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"];
    private static readonly string[] ReservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

    private readonly string? _value;

    private BucketName(string value) => _value = value;

    /// <summary>The name; empty only for the default value, which names no bucket.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>Validates <paramref name="text"/>; false when it breaks a naming rule.</summary>
    public static bool TryParse(string? text, out BucketName name)
    {
        name = default;
        if (text is null || text.Length is < MinLength or > MaxLength || !HasValidCharacters(text) || HasReservedAffix(text) || LooksLikeIPv4(text))
        {
            return false;
        }

        name = new BucketName(text);
        return true;
    }

    /// <summary>Validates <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">The text is not a bucket name.</exception>
    public static BucketName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a valid bucket name.");

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool HasValidCharacters(string text)
    {
        if (!char.IsAsciiLetterOrDigit(text[0]) || !char.IsAsciiLetterOrDigit(text[^1]))
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.') || (c == '.' && text[i - 1] is '.' or '-') || (c == '-' && text[i - 1] == '.'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasReservedAffix(string text) =>
        Array.Exists(ReservedPrefixes, prefix => text.StartsWith(prefix, StringComparison.Ordinal)) ||
        Array.Exists(ReservedSuffixes, suffix => text.EndsWith(suffix, StringComparison.Ordinal));

    private static bool LooksLikeIPv4(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 4 && Array.TrueForAll(parts, static p => p.Length is > 0 and <= 3 && p.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0);
    }
}
