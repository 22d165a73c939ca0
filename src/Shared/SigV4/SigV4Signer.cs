using System.Text;
using EdgeCache.Shared.S3;

namespace EdgeCache.Shared.SigV4;

/// <summary>
/// Signs outgoing S3 requests with one access key. A URI normalises <c>.</c> and <c>..</c> in its path unless it is made with
/// <see cref="UriCreationOptions.DangerousDisablePathAndQueryCanonicalization"/>: keys with such segments need that.
/// Safe for concurrent use.
/// </summary>
public sealed class SigV4Signer(string accessKeyId, string secretKey, string region, TimeProvider time)
{
    private const string DateHeader = "x-amz-date";

    /// <summary>The key of the latest day; replaced as a whole when the day changes.</summary>
    private DayKey? _latest;

    /// <summary>
    /// Signs the request as it is now: <c>host</c>, <c>range</c>, and every <c>x-amz-*</c> header. An
    /// earlier signature is replaced. Headers of the request's content are not covered.
    /// </summary>
    /// <param name="request">A request with an absolute URI.</param>
    /// <param name="payloadHash">The value of <c>x-amz-content-sha256</c>: the body's SHA-256 in hexadecimal, or a word of <see cref="PayloadHash"/>.</param>
    /// <exception cref="ArgumentException">The URI is not absolute, or the payload hash is not valid.</exception>
    public void Sign(HttpRequestMessage request, string payloadHash = PayloadHash.Unsigned)
    {
        var uri = AbsoluteUri(request.RequestUri);
        if (!PayloadHash.TryParse(payloadHash, out var payloadKind))
        {
            throw new ArgumentException("Neither a SHA-256 nor a known word.", nameof(payloadHash));
        }

        var (key, signedAt) = CurrentKey();
        request.Headers.Remove("Authorization");
        Set(request, DateHeader, SigV4Time.Format(signedAt));
        Set(request, PayloadHash.Header, payloadHash);
        var outgoing = new OutgoingRequest(request.Method, uri, request);
        var claim = new SigV4Claim
        {
            AccessKeyId = accessKeyId,
            Scope = key.Scope,
            SignedAt = signedAt,
            SignedHeaders = NamesToSign(outgoing),
            Signature = string.Empty,
            PayloadKind = payloadKind,
            PayloadHash = payloadHash,
        };
        var names = string.Join(';', claim.SignedHeaders);
        request.Headers.TryAddWithoutValidation("Authorization",
            $"{AuthorizationHeader.Algorithm} Credential={accessKeyId}/{key.Scope}, SignedHeaders={names}, Signature={Signature(outgoing, claim, key)}");
    }

    /// <summary>Adds a signature to a URI, which covers the method, the host, the path and the query.</summary>
    /// <param name="method">The one method that the URI will be good for.</param>
    /// <param name="uri">An absolute URI, with or without a query.</param>
    /// <param name="expires">One second to seven days, from now.</param>
    /// <exception cref="ArgumentOutOfRangeException">The validity is out of range.</exception>
    public Uri Presign(HttpMethod method, Uri uri, TimeSpan expires)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(expires, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(expires, TimeSpan.FromSeconds(PresignedParameters.MaxExpires));
        uri = AbsoluteUri(uri);
        var (key, signedAt) = CurrentKey();
        var separator = uri.Query.Length > 1 ? '&' : '?';
        var unsigned = $"{uri.GetLeftPart(UriPartial.Path)}{(separator == '&' ? uri.Query : string.Empty)}{separator}" +
            $"X-Amz-Algorithm={AuthorizationHeader.Algorithm}" +
            $"&X-Amz-Credential={PercentEncoding.Encode($"{accessKeyId}/{key.Scope}", keepSlash: false)}" +
            $"&X-Amz-Date={SigV4Time.Format(signedAt)}&X-Amz-Expires={(long)expires.TotalSeconds}&X-Amz-SignedHeaders=host";
        var claim = new SigV4Claim
        {
            AccessKeyId = accessKeyId,
            Scope = key.Scope,
            SignedAt = signedAt,
            ExpiresIn = expires,
            SignedHeaders = ["host"],
            Signature = string.Empty,
            PayloadKind = PayloadKind.Unsigned,
            PayloadHash = PayloadHash.Unsigned,
        };
        var signature = Signature(new OutgoingRequest(method, AsWritten(unsigned), message: null), claim, key);
        return AsWritten($"{unsigned}&X-Amz-Signature={signature}");
    }

    private static Uri AbsoluteUri(Uri? uri) =>
        uri is { IsAbsoluteUri: true } ? uri : throw new ArgumentException("The request needs an absolute URI.", nameof(uri));

    /// <summary>The text is already in its wire form: a second normalisation could only make it differ from what is signed.</summary>
    private static Uri AsWritten(string text) => new(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    private static string[] NamesToSign(OutgoingRequest request)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in request.HeaderNames)
        {
            var lower = name.ToLowerInvariant();
            if (lower is "host" or "range" || lower.StartsWith("x-amz-", StringComparison.Ordinal))
            {
                names.Add(lower);
            }
        }

        return [.. names];
    }

    private static string Signature(OutgoingRequest request, SigV4Claim claim, DayKey key)
    {
        Span<byte> signature = stackalloc byte[Hex.HashLength];
        CanonicalRequest.Sign(request, claim, key.Key, PathRule.S3, signature);
        return Encoding.ASCII.GetString(signature);
    }

    private (DayKey Key, DateTimeOffset SignedAt) CurrentKey()
    {
        var now = time.GetUtcNow();
        var signedAt = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        var date = SigV4Time.Format(signedAt)[..8];
        var latest = Volatile.Read(ref _latest);
        if (latest?.Scope.Date != date)
        {
            var scope = new SigV4Scope(date, region, SigV4Scope.S3);
            latest = new DayKey(scope, SigningKey.Derive(secretKey, scope));
            Volatile.Write(ref _latest, latest);
        }

        return (latest!, signedAt);
    }

    private sealed record DayKey(SigV4Scope Scope, SigningKey Key);
}
