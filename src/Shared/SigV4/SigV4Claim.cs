namespace EdgeCache.Shared.SigV4;

/// <summary>
/// What a request says about its own signature. Well-formed, but nothing in it is proven until <see cref="SigV4Verifier.Verify"/> agrees.
/// </summary>
public sealed class SigV4Claim
{
    /// <summary>The access key that signed.</summary>
    public required string AccessKeyId { get; init; }

    /// <summary>The scope of the signing key; its date is the day of <see cref="SignedAt"/>.</summary>
    public required SigV4Scope Scope { get; init; }

    /// <summary>When the request was signed, UTC, in whole seconds.</summary>
    public required DateTimeOffset SignedAt { get; init; }

    /// <summary>How long a presigned request is valid, 0 s to 7 days; null when the signature is in the Authorization header.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    /// <summary>The names of the signed headers, lower case, distinct, in the order of signing.</summary>
    public required IReadOnlyList<string> SignedHeaders { get; init; }

    /// <summary>The signature as sent; 64 lower-case hexadecimal digits once verified.</summary>
    public required string Signature { get; init; }

    /// <summary>The session token of temporary credentials; null when there is none.</summary>
    public string? SecurityToken { get; init; }

    /// <summary>Whether the signature is in the query rather than in the Authorization header.</summary>
    public bool IsPresigned => ExpiresIn is not null;

    /// <summary>How the signature covers the body.</summary>
    public required PayloadKind PayloadKind { get; init; }

    /// <summary>The payload hash as it entered the signature: hexadecimal for <see cref="PayloadKind.Hash"/>, one of the words of <see cref="SigV4.PayloadHash"/> otherwise.</summary>
    public required string PayloadHash { get; init; }

    /// <summary><see cref="SignedAt"/> as a string to sign has it.</summary>
    internal string Timestamp
    {
        get => field ??= SigV4Time.Format(SignedAt);
        init;
    }
}
