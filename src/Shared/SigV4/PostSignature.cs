using System.Security.Cryptography;
using System.Text;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.SigV4;

/// <summary>
/// The signature of a form's policy
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html">authenticating requests in browser-based uploads</see>).
/// </summary>
/// <param name="AccessKeyId">The key that signed.</param>
/// <param name="Scope">The scope of the signing key.</param>
/// <param name="Signature">64 hexadecimal digits, as sent.</param>
/// <param name="SecurityToken">The session token of temporary credentials; null when there is none.</param>
public sealed record PostSignature(string AccessKeyId, SigV4Scope Scope, string Signature, string? SecurityToken)
{
    private const string SignatureField = "x-amz-signature";

    /// <summary>Whether a form's fields are signed this way.</summary>
    public static bool IsIn(IReadOnlyDictionary<string, string> fields) => fields.ContainsKey(SignatureField) || fields.ContainsKey("x-amz-algorithm");

    /// <summary>Reads a form's fields, named in lower case: InvalidArgument when one is missing or can't be right.</summary>
    public static S3Error? TryParse(IReadOnlyDictionary<string, string> fields, out PostSignature? signature)
    {
        signature = null;
        foreach (var name in (ReadOnlySpan<string>)["x-amz-algorithm", "x-amz-credential", "x-amz-date", SignatureField])
        {
            if (!fields.ContainsKey(name))
            {
                return Invalid($"Bucket POST must contain a field named '{name}'.  If it is specified, please check the order of the fields.", name, string.Empty);
            }
        }

        if (fields["x-amz-algorithm"] != AuthorizationHeader.Algorithm)
        {
            return Invalid("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"", "x-amz-algorithm", fields["x-amz-algorithm"]);
        }

        if (Credential.TryParse(fields["x-amz-credential"], out var credential) is { } problem)
        {
            return Invalid($"The credential is malformed; {problem}", "x-amz-credential", fields["x-amz-credential"]);
        }

        if (!SigV4Time.TryParseBasic(fields["x-amz-date"], out var signedAt) || credential.CheckDate(signedAt) is not null)
        {
            return Invalid("The date is not that of the credential.", "x-amz-date", fields["x-amz-date"]);
        }

        signature = new PostSignature(credential.AccessKeyId, credential.Scope, fields[SignatureField], fields.GetValueOrDefault("x-amz-security-token"));
        return null;
    }

    /// <summary>Whether it is the signature of a policy by a key.</summary>
    /// <param name="policy">The policy as sent, in Base64.</param>
    /// <param name="key">The signing key of the scope.</param>
    public bool IsOf(string policy, SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> expected = stackalloc byte[2 * HMACSHA256.HashSizeInBytes];
        key.Sign(Encoding.UTF8.GetBytes(policy), expected);
        return CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(Signature));
    }

    private static S3Error Invalid(string message, string name, string value) =>
        new(S3ErrorCode.InvalidArgument, message, [new("ArgumentName", name), new("ArgumentValue", value)]);
}
