using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Passthrough;

/// <summary>Picks the region to which a request is passed on.</summary>
internal sealed partial class RegionRouter(BucketLocator locator, RegionSet regions)
{
    /// <summary>The longest body of CreateBucket that is read for its region, in bytes.</summary>
    public const int MaxCreateBucketBody = 64 << 10;

    /// <summary>The region; or ServiceUnavailable when the bucket's can't be found out now.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isSigned">Whether it claims a caller: any origin refuses a new bucket to nobody, so nobody need send the body for it.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async ValueTask<(S3Error? Error, Region? Region)> RouteAsync(EdgeRequest request, bool isSigned, CancellationToken cancellationToken)
    {
        var s3 = request.S3!;
        regions.TryGet(s3.HostRegion, out var named);
        if (s3.Bucket.Length == 0)
        {
            return (null, named ?? regions.Default);
        }

        string? constraint = null;
        if (s3.Operation == S3Operation.CreateBucket && isSigned)
        {
            var (tooLong, body) = await BufferBodyAsync(request.Http.Request, cancellationToken);
            if (tooLong is not null)
            {
                return (tooLong, null);
            }

            constraint = LocationConstraint().Match(Encoding.UTF8.GetString(body)) is { Success: true } match ? match.Groups[1].Value : null;
        }
        else if (named is not null)
        {
            return (null, named);
        }

        var (fault, home) = await locator.RegionAsync(s3, cancellationToken);
        if (fault != UpstreamFault.None)
        {
            return (S3ErrorCode.ServiceUnavailable, null);
        }

        // A bucket that nobody knows is answered by some origin, in the right order: signature first, then NoSuchBucket.
        return (null, home ?? (regions.TryGet(constraint, out var asked) ? asked : named ?? regions.Default));
    }

    /// <summary>
    /// Where the source of a copy lives when that is another region than the destination's; null for any other request, and when it can't be found
    /// out now. Whether the caller may read it is for its region to decide.
    /// </summary>
    public async ValueTask<(string Bucket, Region Region)?> FindForeignSourceAsync(EdgeRequest request, Region destination, CancellationToken cancellationToken)
    {
        if (request.S3!.Operation is not (S3Operation.CopyObject or S3Operation.UploadPartCopy) ||
            !request.Signed.TryGetHeader(CopySourceName.Header, out var header) || CopySourceName.TryParse(header, out var source) is not null)
        {
            return null;
        }

        var (_, bucket, _) = await locator.LocateAsync(source!.Bucket, cancellationToken);
        return bucket is null || ReferenceEquals(bucket.Region, destination) ? null : (source.Bucket, bucket.Region);
    }

    /// <summary>Reads the small body of CreateBucket and puts it back for the forwarder.</summary>
    private static async ValueTask<(S3Error? Error, byte[] Body)> BufferBodyAsync(HttpRequest http, CancellationToken cancellationToken)
    {
        if (http.ContentLength > MaxCreateBucketBody)
        {
            return (S3ErrorCode.MaxMessageLengthExceeded, []);
        }

        var buffer = new ArrayBufferWriter<byte>();
        while (true)
        {
            var count = await http.Body.ReadAsync(buffer.GetMemory(4096), cancellationToken);
            buffer.Advance(count);
            if (buffer.WrittenCount > MaxCreateBucketBody)
            {
                return (S3ErrorCode.MaxMessageLengthExceeded, []);
            }

            if (count == 0)
            {
                var body = buffer.WrittenSpan.ToArray();
                http.Body = new MemoryStream(body, writable: false);
                return (null, body);
            }
        }
    }

    /// <summary>Finds the region wherever it stands in the body, also between chunk signatures: it only routes; the origin reads the document.</summary>
    [GeneratedRegex(@"<(?:[A-Za-z0-9]+:)?LocationConstraint(?:\s[^>]*)?>\s*([A-Za-z0-9-]{1,64})\s*<", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex LocationConstraint();
}
