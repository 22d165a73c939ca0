using EdgeCache.Shared.Checksums;

namespace EdgeCache.Shared.S3;

/// <summary>The API names of checksum types (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html">checksums of uploads</see>).</summary>
public static class S3ChecksumTypes
{
    /// <summary><c>FULL_OBJECT</c> or <c>COMPOSITE</c>.</summary>
    public static string ApiName(ChecksumType type) => type switch
    {
        ChecksumType.FullObject => "FULL_OBJECT",
        ChecksumType.Composite => "COMPOSITE",
    };

    /// <summary>Reads the value of <c>x-amz-checksum-type</c>; false for any other text.</summary>
    public static bool TryParse(string? text, out ChecksumType type)
    {
        type = string.Equals(text, "COMPOSITE", StringComparison.OrdinalIgnoreCase) ? ChecksumType.Composite : ChecksumType.FullObject;
        return type == ChecksumType.Composite || string.Equals(text, "FULL_OBJECT", StringComparison.OrdinalIgnoreCase);
    }
}
