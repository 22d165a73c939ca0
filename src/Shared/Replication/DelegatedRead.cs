using System.Text.Json;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Shared.Replication;

/// <summary>
/// A read that a tier makes at another region for a caller it has authenticated: signed with <see cref="EdgeCredential"/>, and decided there for that
/// caller alone. The header's name begins with <c>x-amz-</c> on purpose: SigV4 has such a header signed, so that it can neither be
/// changed nor taken away, which would leave the tier's own rights.
/// </summary>
public static class DelegatedRead
{
    /// <summary>The request header that names the caller; it means nothing in a request that another key signed.</summary>
    public const string Header = "x-amz-edgecache-principal";

    /// <summary>The header's value.</summary>
    public static string Encode(Principal principal) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(principal, InternalJson.Default.Principal));

    /// <summary>Reads the header's value; null when it is none, or of a tier, which acts for nobody but itself.</summary>
    public static Principal? Decode(string value)
    {
        try
        {
            return JsonSerializer.Deserialize(Convert.FromBase64String(value), InternalJson.Default.Principal) is { Kind: not PrincipalKind.Edge } principal
                ? principal
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
