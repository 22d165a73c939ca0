using System.Net;
using System.Xml;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Replication;

/// <summary>What another region's refusal of a read means for the copy that needs it.</summary>
internal static class ForeignRefusal
{
    /// <summary>The answer when the source's region is away, slow or broken.</summary>
    public static readonly S3Error Unreachable = new(S3ErrorCode.ServiceUnavailable, "The region of the copy source cannot be reached at the moment. Try again.");

    /// <summary>The refusals of a caller's own making; any other 4xx says that the tiers disagree, which is not the caller's doing.</summary>
    private static readonly S3ErrorCode[] OfTheCaller =
        [S3ErrorCode.AccessDenied, S3ErrorCode.NoSuchBucket, S3ErrorCode.NoSuchKey, S3ErrorCode.NoSuchVersion, S3ErrorCode.InvalidArgument];

    public static async Task<S3Error> ReadAsync(HttpResponseMessage response, CopySourceName source, CancellationToken cancellationToken)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.NotModified or HttpStatusCode.PreconditionFailed:
                return S3ErrorCode.PreconditionFailed;
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                return S3ErrorCode.InvalidRange;
            case HttpStatusCode.MethodNotAllowed:
                return new S3Error(S3ErrorCode.InvalidRequest, "The source of a copy request may not specifically refer to a delete marker by version id.");
            case HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound:
                var code = await ReadCodeAsync(response, cancellationToken);
                return OfTheCaller.Contains(code) ? new S3Error(code, Details: Details(code, source)) : Unreachable;
            default:
                return Unreachable;
        }
    }

    private static KeyValuePair<string, string>[]? Details(S3ErrorCode code, CopySourceName source) => code switch
    {
        S3ErrorCode.NoSuchBucket => [new("BucketName", source.Bucket)],
        S3ErrorCode.NoSuchKey => [new("Key", source.Key)],
        S3ErrorCode.NoSuchVersion => [new("Key", source.Key), new("VersionId", source.VersionId ?? string.Empty)],
        _ => null,
    };

    private static async Task<S3ErrorCode> ReadCodeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var document = await RegionReader.ReadDocumentAsync(response, cancellationToken);
            return Enum.TryParse<S3ErrorCode>(document?.Element("Code")?.Value, out var code) ? code : S3ErrorCode.InternalError;
        }
        catch (XmlException)
        {
            return S3ErrorCode.InternalError;
        }
    }
}
