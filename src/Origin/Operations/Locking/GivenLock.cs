using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Origin.Operations.Locking;

/// <summary>The lock that a write's headers give to what it makes.</summary>
internal sealed record GivenLock(ObjectRetention? Retention, bool? LegalHold)
{
    public const string BucketLacksLock = "Bucket is missing Object Lock Configuration";

    private static readonly GivenLock s_none = new(null, null);

    /// <summary>Reads the headers: InvalidArgument when they can't be right, InvalidRequest where the bucket locks nothing.</summary>
    public static Outcome<GivenLock> Read(OperationContext context)
    {
        var (mode, until, hold) =
            (context.Header(ObjectLockHeaders.Mode), context.Header(ObjectLockHeaders.RetainUntil), context.Header(ObjectLockHeaders.LegalHold));
        if (mode is null && until is null && hold is null)
        {
            return s_none;
        }

        if (!context.Bucket.Facts.HasObjectLock)
        {
            return new S3Error(S3ErrorCode.InvalidRequest, BucketLacksLock);
        }

        if (mode is null != until is null)
        {
            return new S3Error(S3ErrorCode.InvalidArgument, $"{ObjectLockHeaders.RetainUntil} and {ObjectLockHeaders.Mode} must both be supplied");
        }

        ObjectRetention? retention = null;
        if (mode is not null)
        {
            if (!ObjectLockModes.TryParse(mode, out var named))
            {
                return Invalid("Unknown wormMode directive.", ObjectLockHeaders.Mode, mode);
            }

            if (!ObjectRetention.TryParseDate(until, out var date) && !HttpDate.TryParse(until!, out date))
            {
                return Invalid("The retain until date must be provided in ISO 8601 format", ObjectLockHeaders.RetainUntil, until!);
            }

            retention = new ObjectRetention(named, date);
            if (CheckFuture(context, retention) is { } past)
            {
                return past;
            }
        }

        bool? isOn = null;
        if (hold is not null)
        {
            if (!ObjectLockHeaders.TryParseHold(hold, out var on))
            {
                return Invalid("Legal Hold must be either of 'ON' or 'OFF'", ObjectLockHeaders.LegalHold, hold);
            }

            isOn = on;
        }

        return new GivenLock(retention, isOn);
    }

    /// <summary>The refusal of a retention that has ended already.</summary>
    public static S3Error? CheckFuture(OperationContext context, ObjectRetention retention) =>
        retention.IsActive(context.Services.Time.GetUtcNow())
            ? null
            : new S3Error(S3ErrorCode.InvalidArgument, "The retain until date must be in the future!");

    private static S3Error Invalid(string message, string header, string value) =>
        new(S3ErrorCode.InvalidArgument, message, [new("ArgumentName", header), new("ArgumentValue", value)]);
}
