using System.Security.Cryptography;
using System.Text;

namespace EdgeCache.Origin.Identity;

/// <summary>Makes the identifiers and secrets that the control plane hands out, and the hashes that it keeps of those it need not know again.</summary>
internal static class Secrets
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string LowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>An access key id: <c>CW</c> and 14 characters (70 bits).</summary>
    public static string NewAccessKeyId() => "CW" + RandomNumberGenerator.GetString(Base32, 14);

    /// <summary>The secret of an access key: <c>cwo</c> and 40 characters (238 bits).</summary>
    public static string NewSecretKey() => "cwo" + RandomNumberGenerator.GetString(Alphanumeric, 40);

    /// <summary>A session token that must accompany a temporary key.</summary>
    public static string NewSessionToken() => "cws" + RandomNumberGenerator.GetString(Alphanumeric, 61);

    /// <summary>An API access token.</summary>
    public static string NewApiToken() => "cwt" + RandomNumberGenerator.GetString(Alphanumeric, 40);

    /// <summary>The id of an API token, which is also the last part of its principal's name.</summary>
    public static string NewTokenId() => "u" + RandomNumberGenerator.GetString(Alphanumeric, 21);

    /// <summary>The id of an organization whose operator chose none.</summary>
    public static string NewOrganizationId() => "o" + RandomNumberGenerator.GetString(LowerAlphanumeric, 9);

    /// <summary>SHA-256 in lower-case hex. Tokens are random and long, so a plain hash suffices.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
