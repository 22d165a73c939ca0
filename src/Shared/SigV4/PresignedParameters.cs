using System.Globalization;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.SigV4;

/// <summary>The query form of a signature
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html">query parameters</see>).</summary>
internal struct PresignedParameters
{
    /// <summary>The longest validity of a presigned request, in seconds: seven days.</summary>
    public const int MaxExpires = 604_800;

    private string? _algorithm;
    private string? _credential;
    private string? _date;
    private string? _expires;
    private string? _signedHeaders;
    private string? _signature;
    private string? _token;
    private string? _payloadHash;
    private bool _hasVersion2Key;
    private bool _hasVersion2Signature;

    public readonly bool IsPresigned => _algorithm is not null || _credential is not null || _signature is not null;

    public readonly bool IsVersion2 => _hasVersion2Key && _hasVersion2Signature;

    /// <summary>Picks the signature's parameters out of a raw query; an error when one is repeated or badly escaped.</summary>
    public static S3Error? TryFind(ReadOnlySpan<char> rawQuery, out PresignedParameters found)
    {
        found = default;
        foreach (var range in rawQuery.Split('&'))
        {
            var part = rawQuery[range];
            var equals = part.IndexOf('=');
            var name = equals < 0 ? part : part[..equals];
            if (name.Contains('%'))
            {
                if (!PercentEncoding.TryDecode(name, plusIsSpace: true, out var decoded))
                {
                    continue; // Not one of ours; the request's parser reports it.
                }

                name = decoded;
            }

            if (!found.TryTake(name, equals < 0 ? default : part[(equals + 1)..]))
            {
                return SigV4Errors.Query($"The query parameter {name} is repeated or badly escaped.");
            }
        }

        return null;
    }

    /// <summary>Makes the claim out of the parameters.</summary>
    public readonly S3Error? TryParse(ISignedRequest request, out SigV4Claim? claim)
    {
        claim = null;
        if (_algorithm is not { Length: > 0 } || _credential is not { Length: > 0 } || _date is null || _expires is null ||
            _signedHeaders is not { Length: > 0 } || _signature is not { Length: > 0 })
        {
            return SigV4Errors.MissingParameters;
        }

        if (_algorithm != AuthorizationHeader.Algorithm)
        {
            return SigV4Errors.Query("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
        }

        if (Credential.TryParse(_credential, out var credential) is { } badCredential)
        {
            return SigV4Errors.Query($"Error parsing the X-Amz-Credential parameter; {badCredential}");
        }

        if (!SigV4Time.TryParseBasic(_date, out var signedAt))
        {
            return SigV4Errors.Query("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
        }

        if (credential.CheckDate(signedAt) is { } badDate)
        {
            return SigV4Errors.Query(badDate);
        }

        if (TryParseExpires(_expires, out var expiresIn) is { } badExpires)
        {
            return badExpires;
        }

        if (!SignedHeaderList.TryParse(_signedHeaders, out var signedHeaders) || _signature.Length > AuthorizationHeader.MaxSignatureLength)
        {
            return SigV4Errors.Query("X-Amz-SignedHeaders or X-Amz-Signature is mal-formed");
        }

        // A presigned request signs its body only if it says so, in a signed header or a parameter.
        var payloadHash = _payloadHash ?? PayloadHash.Unsigned;
        if (SignedHeaderList.Contains(signedHeaders, PayloadHash.Header) && request.TryGetHeader(PayloadHash.Header, out var header))
        {
            payloadHash = header;
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
            Timestamp = _date,
            ExpiresIn = expiresIn,
            SignedHeaders = signedHeaders,
            Signature = _signature,
            SecurityToken = _token,
            PayloadKind = payloadKind,
            PayloadHash = payloadHash,
        };
        return null;
    }

    private static S3Error? TryParseExpires(string text, out TimeSpan expiresIn)
    {
        expiresIn = default;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            return SigV4Errors.Query("X-Amz-Expires should be a number");
        }

        if (seconds is < 0 or > MaxExpires)
        {
            return SigV4Errors.Query(seconds < 0
                ? "X-Amz-Expires must be non-negative"
                : "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds");
        }

        expiresIn = TimeSpan.FromSeconds(seconds);
        return null;
    }

    private bool TryTake(ReadOnlySpan<char> name, ReadOnlySpan<char> rawValue)
    {
        switch (name)
        {
            case "X-Amz-Algorithm": return TrySet(ref _algorithm, rawValue);
            case "X-Amz-Credential": return TrySet(ref _credential, rawValue);
            case "X-Amz-Date": return TrySet(ref _date, rawValue);
            case "X-Amz-Expires": return TrySet(ref _expires, rawValue);
            case "X-Amz-SignedHeaders": return TrySet(ref _signedHeaders, rawValue);
            case "X-Amz-Signature": return TrySet(ref _signature, rawValue);
            case "X-Amz-Security-Token": return TrySet(ref _token, rawValue);
            case "X-Amz-Content-Sha256": return TrySet(ref _payloadHash, rawValue);
            case "AWSAccessKeyId":
                _hasVersion2Key = true;
                return true;
            case "Signature":
                _hasVersion2Signature = true;
                return true;
            default:
                return true;
        }
    }

    private static bool TrySet(ref string? parameter, ReadOnlySpan<char> rawValue)
    {
        var isFirst = parameter is null;
        return PercentEncoding.TryDecode(rawValue, plusIsSpace: true, out parameter) && isFirst;
    }
}
