using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.SigV4;

/// <summary>The header form of a signature
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html">Authorization header</see>).</summary>
internal ref struct AuthorizationHeader
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The longest signature that is looked at; a true one has 64 digits.</summary>
    public const int MaxSignatureLength = 256;

    private ReadOnlySpan<char> _credential;
    private ReadOnlySpan<char> _signedHeaders;
    private ReadOnlySpan<char> _signature;

    public static S3Error? TryParse(ISignedRequest request, string authorization, out SigV4Claim? claim)
    {
        claim = null;
        var text = authorization.AsSpan().Trim();
        var blank = text.IndexOfAny(' ', '\t');
        var scheme = blank < 0 ? text : text[..blank];
        var rest = blank < 0 ? default : text[blank..];
        if (scheme is not Algorithm)
        {
            return scheme is not "AWS" ? SigV4Errors.UnsupportedScheme(authorization)
                : rest.Contains(':') ? SigV4Errors.Version2
                : SigV4Errors.MalformedVersion2(authorization);
        }

        var fields = default(AuthorizationHeader);
        if (fields.Read(rest) is { } malformed)
        {
            return SigV4Errors.Header(malformed);
        }

        if (Credential.TryParse(fields._credential, out var credential) is { } badCredential)
        {
            return SigV4Errors.Header(badCredential);
        }

        if (!SignedHeaderList.TryParse(fields._signedHeaders, out var signedHeaders))
        {
            return SigV4Errors.Header("the SignedHeaders are mal-formed; expecting lower-case names joined by ';'.");
        }

        if (!TryGetDate(request, out var signedAt))
        {
            return SigV4Errors.NoValidDate;
        }

        if (credential.CheckDate(signedAt) is { } badDate)
        {
            return SigV4Errors.Header(badDate);
        }

        if (!request.TryGetHeader(PayloadHash.Header, out var payloadHash) || payloadHash.Length == 0)
        {
            return SigV4Errors.MissingPayloadHash;
        }

        if (!PayloadHash.TryParse(payloadHash, out var payloadKind))
        {
            return SigV4Errors.PayloadHashValue(payloadHash);
        }

        claim = new SigV4Claim
        {
            AccessKeyId = credential.AccessKeyId,
            Scope = credential.Scope,
            SignedAt = signedAt,
            SignedHeaders = signedHeaders,
            Signature = fields._signature.ToString(),
            SecurityToken = request.TryGetHeader("x-amz-security-token", out var token) ? token : null,
            PayloadKind = payloadKind,
            PayloadHash = payloadHash,
        };
        return null;
    }

    private string? Read(ReadOnlySpan<char> text)
    {
        foreach (var range in text.Split(','))
        {
            var field = text[range].Trim();
            var equals = field.IndexOf('=');
            if (equals < 0)
            {
                return "expecting comma-separated pairs of name and value.";
            }

            var value = field[(equals + 1)..].Trim();
            var taken = field[..equals].TrimEnd() switch
            {
                "Credential" => TrySet(ref _credential, value),
                "SignedHeaders" => TrySet(ref _signedHeaders, value),
                "Signature" => value.Length <= MaxSignatureLength && TrySet(ref _signature, value),
                _ => false,
            };
            if (!taken)
            {
                return "it has an unknown, repeated or empty part.";
            }
        }

        return _credential.IsEmpty ? "missing Credential." : _signedHeaders.IsEmpty ? "missing SignedHeaders."
            : _signature.IsEmpty ? "missing Signature." : null;
    }

    private static bool TrySet(ref ReadOnlySpan<char> part, ReadOnlySpan<char> value)
    {
        var isFirst = part.IsEmpty;
        part = value;
        return isFirst && !value.IsEmpty;
    }

    private static bool TryGetDate(ISignedRequest request, out DateTimeOffset date)
    {
        date = default;
        return (request.TryGetHeader("x-amz-date", out var value) || request.TryGetHeader("date", out value)) && SigV4Time.TryParse(value, out date);
    }
}
