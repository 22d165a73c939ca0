using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations;

/// <summary>How organizations and principals appear in documents: an origin knows their ids and nothing else of them.</summary>
internal static class Owners
{
    public static S3Owner Of(string id) => new(id, id);
}
