using System.Net;
using System.Net.Http.Headers;
using EdgeCache.Edge.Peers;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Edge.Upstream;

/// <summary>How a region answered a request for a range.</summary>
internal enum RangeOutcome
{
    /// <summary>The bytes follow.</summary>
    Open,

    /// <summary>The version is gone or another took its place.</summary>
    VersionGone,

    /// <summary>No connection, a timeout, or a 5xx.</summary>
    Unreachable,

    /// <summary>The origin refused, or its answer is not the asked-for range of the asked-for version.</summary>
    Refused,
}

/// <summary>An answer to a request for a range; dispose it when the bytes are read or no longer wanted.</summary>
internal sealed class RangeReply(RangeOutcome outcome, HttpResponseMessage? response, Stream? body, Peer? peer = null) : IDisposable
{
    public RangeOutcome Outcome => outcome;

    /// <summary>The bytes, exactly as many as were asked for unless the connection breaks; only when open.</summary>
    public Stream Body => body ?? throw new InvalidOperationException("The range is not open.");

    /// <summary>The edge that answered; null when the region did.</summary>
    public Peer? Peer => peer;

    public void Dispose()
    {
        body?.Dispose();
        response?.Dispose();
    }
}

/// <summary>
/// Reads ranges of one exact version from a region's origin, signed as the edge: path-style, with If-Match and the generation, so that an
/// answer can never be of another version.
/// </summary>
internal sealed class RangeClient(HttpClient http, Uri s3Url, SigV4Signer signer)
{
    private static readonly UriCreationOptions RawUri = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly string _base = s3Url.GetLeftPart(UriPartial.Authority);

    /// <summary>Asks for a range. The caller bounds the wait by <paramref name="cancellationToken"/>; its cancellation is the only exception.</summary>
    public async Task<RangeReply> OpenAsync(VersionFacts version, long offset, int length, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Locate(version));
        var wanted = new ContentRangeHeaderValue(offset, offset + length - 1, version.Size);
        request.Headers.Range = new RangeHeaderValue(wanted.From, wanted.To);
        request.Headers.TryAddWithoutValidation("If-Match", $"\"{version.ETag}\"");
        request.Headers.TryAddWithoutValidation(EdgeCredential.GenerationHeader, version.Generation.ToString());
        signer.Sign(request);
        HttpResponseMessage? response = null;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var outcome = Judge(response, wanted, length);
            if (outcome == RangeOutcome.Open)
            {
                var reply = new RangeReply(outcome, response, await response.Content.ReadAsStreamAsync(cancellationToken));
                response = null;
                return reply;
            }

            return new RangeReply(outcome, null, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new RangeReply(RangeOutcome.Unreachable, null, null);
        }
        finally
        {
            response?.Dispose();
        }
    }

    private static RangeOutcome Judge(HttpResponseMessage response, ContentRangeHeaderValue wanted, int length) => response.StatusCode switch
    {
        HttpStatusCode.PartialContent when wanted.Equals(response.Content.Headers.ContentRange) && HasLength(response, length) => RangeOutcome.Open,
        HttpStatusCode.OK when wanted.From == 0 && wanted.Length == length && HasLength(response, length) => RangeOutcome.Open,
        HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.MethodNotAllowed =>
            RangeOutcome.VersionGone,
        >= HttpStatusCode.InternalServerError => RangeOutcome.Unreachable,
        _ => RangeOutcome.Refused,
    };

    private static bool HasLength(HttpResponseMessage response, int length) => response.Content.Headers.ContentLength is not { } given || given == length;

    private Uri Locate(VersionFacts version) => new(
        $"{_base}/{version.Bucket}/{PercentEncoding.Encode(version.Key, keepSlash: true)}" +
        (version.VersionId.Length == 0 ? string.Empty : $"?versionId={PercentEncoding.Encode(version.VersionId, keepSlash: false)}"),
        RawUri);
}
