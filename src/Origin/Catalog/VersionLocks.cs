using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Origin.Catalog;

/// <summary>
/// The rules of object lock, inside a mutation (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html">how S3 Object Lock works</see>).
/// Whoever removes a version asks here, lifecycle included.
/// </summary>
internal static class VersionLocks
{
    private const string Protected = "Access Denied because object protected by object lock.";

    /// <summary>The refusal to remove a version; null when nothing protects it.</summary>
    /// <param name="m">The mutation.</param>
    /// <param name="versionRow">The version.</param>
    /// <param name="bypassGovernance">Whether the caller may, and wants to, pass over a retention in governance mode.</param>
    public static S3Error? CheckRemoval(Mutation m, long versionRow, bool bypassGovernance)
    {
        var (retention, hold) = Read(m, versionRow);
        return hold == true || (retention is not null && !MayEnd(retention, m.Time.GetUtcNow(), bypassGovernance))
            ? new S3Error(S3ErrorCode.AccessDenied, Protected)
            : null;
    }

    /// <summary>Replaces a retention, which can be made longer at any time but shorter or weaker only as removing the version is possible.</summary>
    public static S3Error? SetRetention(Mutation m, long versionRow, ObjectRetention? wanted, bool bypassGovernance)
    {
        var (current, _) = Read(m, versionRow);
        if (current is not null && !MayEnd(current, m.Time.GetUtcNow(), bypassGovernance) &&
            (wanted is null || wanted.Mode != current.Mode || wanted.RetainUntil < current.RetainUntil))
        {
            return new S3Error(S3ErrorCode.AccessDenied, Protected);
        }

        m.Sql.Execute(
            "UPDATE versions SET lock_mode = @mode, retain_until = @until WHERE version_row = @row",
            ("mode", LockCodec.Mode(wanted)), ("until", LockCodec.Until(wanted)), ("row", versionRow));
        return null;
    }

    /// <summary>Begins or ends a legal hold.</summary>
    public static S3Error? SetLegalHold(Mutation m, long versionRow, bool isOn)
    {
        m.Sql.Execute("UPDATE versions SET legal_hold = @hold WHERE version_row = @row", ("hold", LockCodec.Hold(isOn)), ("row", versionRow));
        return null;
    }

    private static bool MayEnd(ObjectRetention retention, DateTimeOffset now, bool bypassGovernance) =>
        !retention.IsActive(now) || (bypassGovernance && retention.Mode == ObjectLockMode.Governance);

    private static (ObjectRetention? Retention, bool? Hold) Read(Mutation m, long versionRow) =>
        m.Sql.First(
            "SELECT lock_mode, retain_until, legal_hold FROM versions WHERE version_row = @row",
            static r => (LockCodec.Retention(r, 0), LockCodec.LegalHold(r, 2)), ("row", versionRow));
}
