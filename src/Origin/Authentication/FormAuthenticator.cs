using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Authentication;

/// <summary>
/// Finds out who lets a form be sent: whoever signed its policy, or nobody without one. Version 4 of signatures is verified with derived keys as everywhere.
/// Version 2, which older tools and pages still make of forms, needs the secret itself and so is verified in the control plane's region alone.
/// </summary>
internal sealed class FormAuthenticator(SigningKeyProvider keys, ISigningKeySource source, TimeProvider time)
{
    /// <summary>Verifies the policy's signature.</summary>
    /// <param name="fields">The form's fields by name in lower case.</param>
    /// <param name="sent">The request that brought the form, with the object that it is for.</param>
    /// <param name="via">The edge that passed it on.</param>
    public async ValueTask<Outcome<AuthenticatedRequest>> AuthenticateAsync(IReadOnlyDictionary<string, string> fields, S3Request sent, EdgeHop? via)
    {
        if (!fields.TryGetValue("policy", out var policy))
        {
            return new AuthenticatedRequest(sent, Principal.Anonymous, null, null, via);
        }

        var found = PostSignature.IsIn(fields) ? await VerifyAsync(fields, policy) : await VerifyVersion2Async(fields, policy);
        return found.Succeeded ? new AuthenticatedRequest(sent, found.Value, null, null, via) : found.Error;
    }

    private async ValueTask<Outcome<Principal>> VerifyAsync(IReadOnlyDictionary<string, string> fields, string policy)
    {
        if (PostSignature.TryParse(fields, out var signature) is { } malformed)
        {
            return malformed;
        }

        if (await keys.FindAsync(signature!.AccessKeyId, signature.Scope) is not { } found)
        {
            return new S3Error(S3ErrorCode.ServiceUnavailable, "The access key can't be verified at the moment.");
        }

        if (found.Key is null || found.Reply.Principal is not { } owner || found.Reply.ExpiresAt <= time.GetUtcNow())
        {
            return Unknown(signature.AccessKeyId);
        }

        return !signature.IsOf(policy, found.Key) ? S3ErrorCode.SignatureDoesNotMatch
            : Authenticator.CheckSessionToken(signature.SecurityToken, found.Reply.SessionTokenSha256) is { } badToken ? badToken
            : owner;
    }

    private async ValueTask<Outcome<Principal>> VerifyVersion2Async(IReadOnlyDictionary<string, string> fields, string policy)
    {
        foreach (var name in (ReadOnlySpan<string>)["awsaccesskeyid", "signature"])
        {
            if (!fields.ContainsKey(name))
            {
                return new S3Error(
                    S3ErrorCode.InvalidArgument, $"Bucket POST must contain a field named '{name}'.  If it is specified, please check the order of the fields.",
                    [new("ArgumentName", name), new("ArgumentValue", string.Empty)]);
            }
        }

        var id = fields["awsaccesskeyid"];
        if (id.Length is 0 or > Authenticator.MaxAccessKeyIdLength)
        {
            return Unknown(id);
        }

        var (isKnown, principal) = await source.VerifyPolicyAsync(id, policy, fields["signature"], fields.GetValueOrDefault("x-amz-security-token"));
        return principal is not null ? principal
            : isKnown == true ? S3ErrorCode.SignatureDoesNotMatch
            : isKnown == false ? Unknown(id)
            : new S3Error(S3ErrorCode.InvalidRequest, "Forms for this region must be signed with AWS4-HMAC-SHA256.");
    }

    private static S3Error Unknown(string accessKeyId) => new(S3ErrorCode.InvalidAccessKeyId, Details: [new("AWSAccessKeyId", accessKeyId)]);
}
