using System.Net;
using System.Net.Http.Headers;
using EdgeCache.Edge.Peers;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Primitives;
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
internal sealed class RangeReply(
    RangeOutcome outcome, HttpResponseMessage? response, Stream? body, int length, Peer? peer = null, Generation generation = default) : IDisposable
{
    /// <summary>No answer.</summary>
    public static RangeReply Unreachable { get; } = new(RangeOutcome.Unreachable, null, null, 0);

    public RangeOutcome Outcome => outcome;

    /// <summary>The bytes, exactly as many as were asked for unless the connection breaks; only when open.</summary>
    public Stream Body => body ?? throw new InvalidOperationException("The range is not open.");

    /// <summary>How many bytes the body has when open: as many as were asked for, or less if no version was named and the object ends before.</summary>
    public int Length => length;

    /// <summary>The version that the bytes are of, if none was named.</summary>
    public Generation Generation => generation;

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
        using var request = Request(version.Bucket, version.Key, version.VersionId, offset, length);
        request.Headers.TryAddWithoutValidation("If-Match", $"\"{version.ETag}\"");
        request.Headers.TryAddWithoutValidation(EdgeCredential.GenerationHeader, version.Generation.ToString());
        var wanted = new ContentRangeHeaderValue(offset, offset + length - 1, version.Size);
        return await SendAsync(request, response => (Judge(response, wanted, length), length, version.Generation), cancellationToken);
    }

    /// <summary>Asks for a range of whatever version a key names now; the answer tells which, and may end before the range does.</summary>
    public async Task<RangeReply> OpenCurrentAsync(string bucket, string key, long offset, int length, CancellationToken cancellationToken)
    {
        using var request = Request(bucket, key, string.Empty, offset, length);
        return await SendAsync(request, response => JudgeCurrent(response, offset, length), cancellationToken);
    }

    private async Task<RangeReply> SendAsync(
        HttpRequestMessage request, Func<HttpResponseMessage, (RangeOutcome Outcome, int Length, Generation Generation)> judge, CancellationToken cancellationToken)
    {
        signer.Sign(request);
        HttpResponseMessage? response = null;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var (outcome, length, generation) = judge(response);
            if (outcome == RangeOutcome.Open)
            {
                var reply = new RangeReply(outcome, response, await response.Content.ReadAsStreamAsync(cancellationToken), length, generation: generation);
                response = null;
                return reply;
            }

            return new RangeReply(outcome, null, null, 0);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return RangeReply.Unreachable;
        }
        finally
        {
            response?.Dispose();
        }
    }

    private HttpRequestMessage Request(string bucket, string key, string versionId, long offset, int length)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Locate(bucket, key, versionId));
        request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);
        return request;
    }

    private static (RangeOutcome Outcome, int Length, Generation Generation) JudgeCurrent(HttpResponseMessage response, long offset, int length) =>
        response.StatusCode == HttpStatusCode.PartialContent
        && response.Content.Headers.ContentRange is { From: { } from, To: { } to } && from == offset && to - from < length
        && HasLength(response, (int)(to - from + 1))
        && response.Headers.TryGetValues(EdgeCredential.GenerationHeader, out var generations)
        && Generation.TryParse(generations.First(), out var generation)
            ? (RangeOutcome.Open, (int)(to - from + 1), generation)
            : (RangeOutcome.Refused, 0, default);

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

    private Uri Locate(string bucket, string key, string versionId) => new(
        $"{_base}/{bucket}/{PercentEncoding.Encode(key, keepSlash: true)}" +
        (versionId.Length == 0 ? string.Empty : $"?versionId={PercentEncoding.Encode(versionId, keepSlash: false)}"),
        RawUri);
}
