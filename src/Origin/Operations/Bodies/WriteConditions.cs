using EdgeCache.Origin.Catalog;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>The conditions of a write: <c>If-Match</c> and <c>If-None-Match</c>, decided by the catalog in the write's own transaction.</summary>
internal static class WriteConditions
{
    public static WriteCondition Read(OperationContext context)
    {
        var ifMatch = Unquote(context.Header("If-Match"));
        var ifNoneMatch = Unquote(context.Header("If-None-Match"));
        return ifMatch is null && ifNoneMatch is null ? WriteCondition.None : new WriteCondition { IfMatch = ifMatch, IfNoneMatch = ifNoneMatch };
    }

    /// <summary>An entity tag without its quotes; null when absent or blank.</summary>
    public static string? Unquote(string? tag) => string.IsNullOrWhiteSpace(tag) ? null : tag.Trim().Trim('"');
}
