using System.Globalization;
using System.Text.Json.Serialization;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.ControlPlane.Buckets;

/// <summary>The settings of a bucket that S3 has no operation for.</summary>
/// <param name="AuditLoggingEnabled">Whether requests to the bucket are recorded.</param>
/// <param name="StrongReads">Whether edges ask the bucket's region on every read which version a key names; absent while the region can't be asked.</param>
internal sealed record BucketSettings(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? AuditLoggingEnabled = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? StrongReads = null);

/// <summary>The request to change a bucket's settings.</summary>
internal sealed record SetBucketSettingsRequest(string? BucketName, BucketSettings? Settings);

/// <summary>The settings of a bucket that were set.</summary>
internal sealed record BucketSettingsAnswer(BucketSettings Settings);

/// <summary>One measurement of what a bucket holds.</summary>
/// <param name="MeasurementType">0 for bytes, 1 for objects.</param>
/// <param name="Value">The number, as text.</param>
/// <param name="ValueHumanReadable">The same for people, e.g. <c>1.5 GiB</c>.</param>
internal sealed record BucketMeasurement(int MeasurementType, string Value, string ValueHumanReadable)
{
    public static IReadOnlyList<BucketMeasurement> Of(BucketUsage? usage) => usage is null
        ? []
        :
        [
            new((int)UsageMeasurement.Bytes, usage.Bytes.ToString(CultureInfo.InvariantCulture), UsageText.Bytes(usage.Bytes)),
            new((int)UsageMeasurement.Objects, usage.Objects.ToString(CultureInfo.InvariantCulture), UsageText.Objects(usage.Objects)),
        ];
}

/// <summary>What is told of a bucket.</summary>
/// <param name="OrgId">The organization that owns it.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreationTime">When it was created.</param>
/// <param name="Settings">Its settings, the organization's where it has none of its own.</param>
/// <param name="Location">Its home region.</param>
/// <param name="Usage">What it holds; empty while its region can't be asked.</param>
internal sealed record BucketInfo(
    string OrgId, string Name, DateTimeOffset CreationTime, BucketSettings Settings, string Location, IReadOnlyList<BucketMeasurement> Usage);

/// <summary>One bucket.</summary>
internal sealed record BucketInfoAnswer(BucketInfo Info);

/// <summary>The buckets of the organization.</summary>
/// <param name="Info">In the order of their names.</param>
/// <param name="NextPageToken">Where the listing goes on, as <c>pageToken</c>; absent when it is complete.</param>
internal sealed record BucketInfoListAnswer(
    IReadOnlyList<BucketInfo> Info, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken);
