using System.Globalization;

namespace EdgeCache.Shared.S3;

/// <summary>The number of a part (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html">multipart upload limits</see>).</summary>
public static class PartNumber
{
    /// <summary>The largest part number, and the largest number of parts.</summary>
    public const int Max = 10_000;

    /// <summary>Reads the <c>partNumber</c> parameter: InvalidArgument when it is absent or not within 1 to <see cref="Max"/>.</summary>
    public static S3Error? TryParse(string? text, out int partNumber) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out partNumber) && partNumber is >= 1 and <= Max
            ? null
            : new S3Error(S3ErrorCode.InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive",
                [new("ArgumentName", "partNumber"), new("ArgumentValue", text ?? string.Empty)]);
}
