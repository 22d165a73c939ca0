using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>Whether a copy takes metadata and tags from its source or from its own headers.</summary>
internal readonly record struct CopyDirectives(bool ReplaceMetadata, bool ReplaceTags)
{
    private const string Metadata = "x-amz-metadata-directive";
    private const string Tagging = "x-amz-tagging-directive";

    public static S3Error? Read(OperationContext context, out CopyDirectives directives)
    {
        directives = new CopyDirectives(IsReplace(context.Header(Metadata)), IsReplace(context.Header(Tagging)));
        return Check(context, Metadata) ?? Check(context, Tagging);
    }

    private static bool IsReplace(string? value) => value == "REPLACE";

    private static S3Error? Check(OperationContext context, string header) => context.Header(header) is { } value and not ("COPY" or "REPLACE")
        ? new S3Error(S3ErrorCode.InvalidArgument, "Unknown directive.", [new("ArgumentName", header), new("ArgumentValue", value)])
        : null;
}
