using System.Globalization;
using System.Text.Json;

namespace EdgeCache.Shared.S3.Posting;

/// <summary>
/// The policy of a form that uploads an object
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html">POST policy</see>): until when it may be sent, and what
/// its fields may say.
/// </summary>
public sealed class PostPolicy
{
    /// <summary>The longest policy document, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The most conditions of a policy.</summary>
    public const int MaxConditions = 1000;

    private const int MaxDepth = 4;

    // The fields that prove the policy rather than being subject to it.
    private static readonly string[] s_exempt = ["file", "policy", "signature", "awsaccesskeyid", "x-amz-signature"];

    private readonly List<Condition> _conditions;

    private PostPolicy(DateTimeOffset expiration, List<Condition> conditions, long? minLength, long? maxLength) =>
        (Expiration, _conditions, MinLength, MaxLength) = (expiration, conditions, minLength, maxLength);

    /// <summary>When the policy ends.</summary>
    public DateTimeOffset Expiration { get; }

    /// <summary>The least length of the file, in bytes; null when the policy does not say.</summary>
    public long? MinLength { get; }

    /// <summary>The greatest length of the file, in bytes; null when the policy does not say.</summary>
    public long? MaxLength { get; }

    /// <summary>Reads a document: InvalidPolicyDocument when it is none.</summary>
    public static S3Error? TryParse(ReadOnlyMemory<byte> document, out PostPolicy? policy)
    {
        policy = null;
        if (document.Length > MaxBytes)
        {
            return Invalid($"The policy is longer than {MaxBytes} bytes.");
        }

        try
        {
            using var json = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Read(json.RootElement, out policy);
        }
        catch (JsonException)
        {
            return Invalid("The policy is not JSON.");
        }
        catch (InvalidOperationException)
        {
            // A string with half a surrogate pair.
            return Invalid("The policy has text that is not Unicode.");
        }
    }

    /// <summary>The refusal of fields: AccessDenied when the policy has ended, a field is not as it says, or it says nothing of a field.</summary>
    /// <param name="fields">The fields by name in lower case, the bucket among them.</param>
    /// <param name="now">The time.</param>
    public S3Error? Check(IReadOnlyDictionary<string, string> fields, DateTimeOffset now)
    {
        if (Expiration <= now)
        {
            return Denied("Policy expired.");
        }

        foreach (var condition in _conditions)
        {
            if (!condition.Holds(fields.GetValueOrDefault(condition.Field) ?? string.Empty))
            {
                return Denied($"Policy Condition failed: {condition}");
            }
        }

        foreach (var name in fields.Keys)
        {
            if (!IsExempt(name) && !_conditions.Exists(c => c.Field == name))
            {
                return Denied($"Extra input fields: {name}");
            }
        }

        return null;
    }

    private static S3Error? Read(JsonElement root, out PostPolicy? policy)
    {
        policy = null;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("expiration", out var end) || end.ValueKind != JsonValueKind.String ||
            !Locking.ObjectRetention.TryParseDate(end.GetString(), out var expiration))
        {
            return Invalid("Policy must have an expiration in ISO 8601.");
        }

        if (!root.TryGetProperty("conditions", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > MaxConditions)
        {
            return Invalid("Policy must have conditions.");
        }

        var conditions = new List<Condition>();
        (long Min, long Max)? range = null;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object ? !TryReadObject(item, conditions) : !TryReadArray(item, conditions, ref range))
            {
                return Invalid($"Invalid condition: {item.GetRawText()}");
            }
        }

        policy = new PostPolicy(expiration, conditions, range?.Min, range?.Max);
        return null;
    }

    private static bool TryReadObject(JsonElement item, List<Condition> conditions)
    {
        var any = false;
        foreach (var property in item.EnumerateObject())
        {
            if (Text(property.Value) is not { } value)
            {
                return false;
            }

            conditions.Add(new Condition(property.Name.ToLowerInvariant(), value, IsPrefix: false));
            any = true;
        }

        return any;
    }

    private static bool TryReadArray(JsonElement item, List<Condition> conditions, ref (long Min, long Max)? range)
    {
        if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 3 || Text(item[0]) is not { } match)
        {
            return false;
        }

        if (match.Equals("content-length-range", StringComparison.OrdinalIgnoreCase))
        {
            if (Text(item[1]) is not { } low || Text(item[2]) is not { } high || !TryReadLength(low, out var min) || !TryReadLength(high, out var max) || min > max)
            {
                return false;
            }

            // Of several, all must hold.
            range = range is { } earlier ? (Math.Max(earlier.Min, min), Math.Min(earlier.Max, max)) : (min, max);
            return true;
        }

        var isPrefix = match.Equals("starts-with", StringComparison.OrdinalIgnoreCase);
        if ((!isPrefix && !match.Equals("eq", StringComparison.OrdinalIgnoreCase)) || Text(item[1]) is not ['$', .. { Length: > 0 } field] ||
            Text(item[2]) is not { } value)
        {
            return false;
        }

        conditions.Add(new Condition(field.ToLowerInvariant(), value, isPrefix));
        return true;
    }

    private static bool TryReadLength(string text, out long length) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length);

    private static string? Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetRawText(),
        _ => null,
    };

    // A checksum can only have a file refused that is not what its sender meant.
    private static bool IsExempt(string name) => s_exempt.Contains(name) || name.StartsWith("x-ignore-", StringComparison.Ordinal) ||
        name.StartsWith("x-amz-checksum-", StringComparison.Ordinal);

    private static S3Error Invalid(string message) => new(S3ErrorCode.InvalidPolicyDocument, $"Invalid Policy: {message}");

    private static S3Error Denied(string message) => new(S3ErrorCode.AccessDenied, $"Invalid according to Policy: {message}");

    private sealed record Condition(string Field, string Value, bool IsPrefix)
    {
        public bool Holds(string given) => IsPrefix ? given.StartsWith(Value, StringComparison.Ordinal) : given == Value;

        public override string ToString() => $"[\"{(IsPrefix ? "starts-with" : "eq")}\", \"${Field}\", \"{Value}\"]";
    }
}
