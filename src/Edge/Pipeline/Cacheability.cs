using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Pipeline;

/// <summary>Tells the reads that the cache serves from all that is passed on.</summary>
internal static class Cacheability
{
    // Not only a customer's key: whatever else a read says about encryption is the region's to answer.
    private const string EncryptionPrefix = "x-amz-server-side-encryption";

    /// <summary><see cref="CacheOutcome.None"/> for a read that the cache serves; else why it is passed on.</summary>
    /// <param name="request">The request.</param>
    /// <param name="amzHeaderNames">The names of its headers that begin with <c>x-amz-</c>.</param>
    public static CacheOutcome Judge(S3Request request, IReadOnlyList<string> amzHeaderNames)
    {
        if (request.Operation is not (S3Operation.GetObject or S3Operation.HeadObject))
        {
            return CacheOutcome.NotAnObjectRead;
        }

        for (var i = 0; i < amzHeaderNames.Count; i++)
        {
            if (amzHeaderNames[i].StartsWith(EncryptionPrefix, StringComparison.OrdinalIgnoreCase))
            {
                return CacheOutcome.CustomerKey;
            }
        }

        return CacheOutcome.None;
    }
}
