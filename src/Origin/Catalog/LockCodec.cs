using System.Data.Common;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.S3.Locking;

namespace EdgeCache.Origin.Catalog;

/// <summary>How locks are kept in columns. Ends are Unix milliseconds; a legal hold is 0 where nobody ever said, 1 for on, 2 for off.</summary>
internal static class LockCodec
{
    public static object? Until(ObjectRetention? retention) => retention?.RetainUntil.ToUnixTimeMilliseconds();

    public static object? Mode(ObjectRetention? retention) => RowCodec.Number(retention?.Mode);

    public static int Hold(bool? isOn) => isOn switch { null => 0, true => 1, false => 2 };

    /// <summary>Reads a retention from two adjacent columns: mode, end. A mode that is not known holds as the strictest.</summary>
    public static ObjectRetention? Retention(DbDataReader row, int column) =>
        row.IsDBNull(column) || row.IsDBNull(column + 1)
            ? null
            : new ObjectRetention(
                row.GetInt32(column) == (int)ObjectLockMode.Governance ? ObjectLockMode.Governance : ObjectLockMode.Compliance,
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column + 1)));

    /// <summary>Reads a legal hold; a number that is not known holds.</summary>
    public static bool? LegalHold(DbDataReader row, int column) => row.GetInt32(column) switch { 0 => null, 2 => false, _ => true };

    /// <summary>Reads a bucket's default from three adjacent columns: mode, days, years.</summary>
    public static DefaultRetention? Default(DbDataReader row, int column) =>
        row.IsDBNull(column)
            ? null
            : new DefaultRetention(
                row.GetInt32(column) == (int)ObjectLockMode.Governance ? ObjectLockMode.Governance : ObjectLockMode.Compliance,
                row.IsDBNull(column + 1) ? null : row.GetInt32(column + 1),
                row.IsDBNull(column + 2) ? null : row.GetInt32(column + 2));
}
