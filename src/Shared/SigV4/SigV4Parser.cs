using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.SigV4;

/// <summary>Finds the signature of a request, in its Authorization header or in its query, and checks that it is well-formed.</summary>
public static class SigV4Parser
{
    /// <summary>
    /// Parses the signature of a request. No error and no claim: the request is anonymous. Never throws.
    /// </summary>
    /// <returns>Null on success; else <see cref="S3ErrorCode.AuthorizationHeaderMalformed"/>, <see cref="S3ErrorCode.AuthorizationQueryParametersError"/>,
    /// <see cref="S3ErrorCode.InvalidArgument"/>, <see cref="S3ErrorCode.InvalidRequest"/> or <see cref="S3ErrorCode.AccessDenied"/>, as S3 has it.</returns>
    public static S3Error? TryParse(ISignedRequest request, out SigV4Claim? claim)
    {
        claim = null;
        var hasHeader = request.TryGetHeader("authorization", out var authorization) && !string.IsNullOrWhiteSpace(authorization);
        if (PresignedParameters.TryFind(request.RawQuery, out var parameters) is { } error)
        {
            return error;
        }

        if (hasHeader && (parameters.IsPresigned || parameters.IsVersion2))
        {
            return SigV4Errors.OneMechanismOnly;
        }

        if (parameters.IsVersion2)
        {
            return SigV4Errors.Version2;
        }

        if (!hasHeader && !parameters.IsPresigned)
        {
            return null;
        }

        if (!CanonicalQuery.IsBounded(request.RawQuery))
        {
            return SigV4Errors.TooManyParameters;
        }

        return hasHeader ? AuthorizationHeader.TryParse(request, authorization, out claim) : parameters.TryParse(request, out claim);
    }
}
