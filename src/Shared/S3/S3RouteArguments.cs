using static EdgeCache.Shared.S3.S3Operation;

namespace EdgeCache.Shared.S3;

/// <summary>Checks of the query parameters that identify what an operation is about; paging parameters are the operations' own.</summary>
internal static class S3RouteArguments
{
    /// <summary>The error of a parameter that cannot be what the operation needs; null when all can.</summary>
    public static S3Error? Validate(S3Operation operation, S3Query query)
    {
        if (query.Get("versionId") is { Length: 0 })
        {
            return Invalid("Version id cannot be the empty string", "versionId", string.Empty);
        }

        if (operation == ListObjectsV2 && query.Get("list-type") is var listType and not "2")
        {
            return Invalid("Invalid List Type", "list-type", listType ?? string.Empty);
        }

        if (query.Get("uploadId") is { Length: 0 })
        {
            return Invalid("Upload id cannot be the empty string", "uploadId", string.Empty);
        }

        if (operation is UploadPart or UploadPartCopy)
        {
            return PartNumber.TryParse(query.Get("partNumber"), out _);
        }

        return operation is PutObject or CopyObject && query.Get("partNumber") is { } partNumber
            ? Invalid("A part number needs an uploadId", "partNumber", partNumber)
            : null;
    }

    private static S3Error Invalid(string message, string name, string value) =>
        new(S3ErrorCode.InvalidArgument, message, [new("ArgumentName", name), new("ArgumentValue", value)]);
}
