using System.Globalization;
using EdgeCache.Edge.Caching;
using EdgeCache.Edge.Pipeline;
using EdgeCache.Edge.Upstream;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Passthrough;

/// <summary>
/// Makes a write that went through this edge visible here at once: before its answer reaches the client, whatever the cache held of the old
/// state is refuted at the position that the origin tells.
/// </summary>
internal sealed class WriteEffects(BucketDirectory directory)
{
    /// <summary>How long an answer waits for the feed to bring the single changes of a request that made many.</summary>
    private static readonly TimeSpan FeedWait = TimeSpan.FromSeconds(1);

    /// <summary>Applies the effects of a successful answer.</summary>
    public async ValueTask ApplyAsync(EdgeRequest request, Region region, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var s3 = request.S3!;
        var effect = EffectOf(s3.Operation);

        // A form may ask to be answered with a redirect: a 303 has written as a 200 has.
        if (effect == WriteEffect.None || (int)response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            return;
        }

        var sequence = SequenceOf(response);
        switch (effect)
        {
            case WriteEffect.OneObject when sequence is { } at:
                region.Changes.Invalidate(ChangeName.Object(s3.Bucket, s3.Key), at);
                break;
            case WriteEffect.ManyObjects when sequence is { } at:
                if (!await region.Changes.WaitForAsync(at, FeedWait, cancellationToken))
                {
                    region.Changes.Invalidate(ChangeName.AllObjects(s3.Bucket), at);
                }

                break;
            case WriteEffect.BucketSetting when sequence is { } at:
                region.Changes.Invalidate(ChangeName.Bucket(s3.Bucket), at);
                break;
            case WriteEffect.Bucket:
                if (sequence is { } changed)
                {
                    region.Changes.Invalidate(ChangeName.Bucket(s3.Bucket), changed);
                    region.Changes.Invalidate(ChangeName.AllObjects(s3.Bucket), changed);
                }

                await directory.ForgetAsync(s3.Bucket);
                break;
            default:
                break;
        }
    }

    private static long? SequenceOf(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues(EdgeForwarding.SequenceHeader, out var values) &&
        long.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : null;

    private static WriteEffect EffectOf(S3Operation operation) => operation switch
    {
        S3Operation.PutObject or S3Operation.CopyObject or S3Operation.CompleteMultipartUpload or S3Operation.DeleteObject or
            S3Operation.PutObjectAcl or S3Operation.PutObjectTagging or S3Operation.DeleteObjectTagging or S3Operation.PutObjectRetention or
            S3Operation.PutObjectLegalHold => WriteEffect.OneObject,
        S3Operation.DeleteObjects or S3Operation.PostObject or S3Operation.RenameObject => WriteEffect.ManyObjects,
        S3Operation.CreateBucket or S3Operation.DeleteBucket or S3Operation.PutBucketVersioning => WriteEffect.Bucket,
        S3Operation.PutBucketAcl or S3Operation.PutBucketPolicy or S3Operation.DeleteBucketPolicy or S3Operation.PutPublicAccessBlock or
            S3Operation.DeletePublicAccessBlock or S3Operation.PutBucketOwnershipControls or S3Operation.DeleteBucketOwnershipControls or
            S3Operation.PutObjectLockConfiguration or S3Operation.PutBucketEncryption or S3Operation.DeleteBucketEncryption or
            S3Operation.PutBucketCors or S3Operation.DeleteBucketCors or
            S3Operation.PutBucketLifecycleConfiguration or S3Operation.DeleteBucketLifecycle or
            S3Operation.PutBucketWebsite or S3Operation.DeleteBucketWebsite or S3Operation.PutBucketRequestPayment or
            S3Operation.PutBucketAccelerateConfiguration =>
            WriteEffect.BucketSetting,
        _ => WriteEffect.None,
    };

    /// <summary>What a write changes of what the edge caches.</summary>
    private enum WriteEffect
    {
        None,
        OneObject,
        ManyObjects,
        BucketSetting,
        Bucket,
    }
}
