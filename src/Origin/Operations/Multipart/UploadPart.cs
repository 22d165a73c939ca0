using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Encryption;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Multipart;

/// <summary>UploadPart (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html">S3 API</see>).</summary>
internal static class UploadPart
{
    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var target = await PartTarget.FindAsync(context);
        if (!target.Succeeded)
        {
            return target.Error;
        }

        var declared = DeclaredBody.Read(context);
        if (!declared.Succeeded)
        {
            return declared.Error;
        }

        if (MismatchOf(target.Value.Upload, declared.Value.Checksum) is { } mismatch)
        {
            return mismatch;
        }

        var (exceeded, quota) = await target.Value.AskQuotaAsync(context, declared.Value.Length);
        if (exceeded is not null)
        {
            return exceeded;
        }

        var algorithm = target.Value.PartAlgorithm;
        var received = await BodyReceiver.ReceiveAsync(context, declared.Value, target.Value.Protection, algorithm);
        if (!received.Succeeded)
        {
            return received.Error;
        }

        var body = received.Value;
        var stored = await Commit.PartAsync(context, target.Value.NewPart(body, quota));
        if (!stored.Succeeded)
        {
            return stored.Error;
        }

        // The client is told the checksum that it asked for, which need not be the one kept.
        var told = declared.Value.Checksum?.Algorithm ?? algorithm;
        context.SetHeader("ETag", S3ObjectHeaders.Quote(body.ETag));
        context.SetHeader(ChecksumNames.HeaderName(told), ChecksumValue.Encode(body.Digests.Checksums[told]));
        CustomerKeyHeaders.Tell(context, target.Value.Protection.Kind, target.Value.Protection.CustomerKey);
        context.Exchange.Respond(StatusCodes.Status200OK);
        return null;
    }

    private static S3Error? MismatchOf(StoredUpload upload, DeclaredChecksum? declared) =>
        declared is null || upload.ChecksumAlgorithm is not { } expected || declared.Algorithm == expected
            ? null
            : new S3Error(
                S3ErrorCode.InvalidRequest,
                $"Checksum Type mismatch occurred, expected checksum Type: {Name(expected)}, actual checksum Type: {Name(declared.Algorithm)}");

    private static string Name(ChecksumAlgorithm algorithm) => ChecksumNames.ApiName(algorithm).ToLowerInvariant();
}
