using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Objects;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Encryption;

namespace EdgeCache.Origin.Operations.Torrents;

/// <summary>
/// GetObjectTorrent (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTorrent.html">S3 API</see>): a metainfo file (BEP 3) without a tracker, whose web
/// seed (BEP 19) is the object's own address as the client called it.
/// </summary>
internal static class GetObjectTorrent
{
    /// <summary>The largest object that has a torrent, in bytes, as in S3.</summary>
    public const long MaxSize = UploadLimits.MaxBodyLength;

    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var found = VersionAnswer.Find(context);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        var facts = found.Value;
        if (facts.Size > MaxSize || facts.Encryption == ObjectEncryption.CustomerKey)
        {
            return new S3Error(S3ErrorCode.InvalidRequest, "There are torrents only of objects of up to 5 GiB that no customer's key encrypts.");
        }

        var pieces = await context.Services.Torrents.HashAsync(facts, context.Authorized.Version!.Segments, context.Aborted);
        if (!pieces.Succeeded)
        {
            return pieces.Error;
        }

        var http = context.Exchange.Request;
        var version = context.VersionId is { } id ? $"?versionId={PercentEncoding.Encode(id, keepSlash: false)}" : string.Empty;
        var seed = $"{http.Scheme}://{http.Host}{context.Exchange.Signed.RawPath}{version}";
        await context.Exchange.RespondAsync(StatusCodes.Status200OK, "application/x-bittorrent", Metainfo.Write(facts, pieces.Value, seed));
        return null;
    }
}
