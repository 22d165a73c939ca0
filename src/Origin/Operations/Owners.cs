using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations;

/// <summary>How organizations and principals appear in documents: an origin knows their ids and nothing else of them.</summary>
internal static class Owners
{
    /// <summary>The principals of keys that stand for their organization rather than for someone in it.</summary>
    private const string StaticKey = "static/";

    public static S3Owner Of(string id) => new(id, id);

    /// <summary>Who began an upload: the principal, or its organization when it acted as such, as S3 tells users from accounts.</summary>
    public static S3Owner InitiatorOf(StoredUpload upload) =>
        Of(upload.Initiator.StartsWith(StaticKey, StringComparison.Ordinal) ? upload.OwnerOrganizationId : upload.Initiator);
}
