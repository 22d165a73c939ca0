using EdgeCache.Shared.S3;

namespace EdgeCache.Edge.Pipeline;

/// <summary>Tells the reads that the cache serves from all that is passed on.</summary>
internal static class Cacheability
{
    private const string CustomerKeyPrefix = "x-amz-server-side-encryption-customer-";

    /// <summary><see cref="CacheOutcome.None"/> for a read that the cache serves; else why it is passed on.</summary>
    public static CacheOutcome Judge(S3Request request, IHeaderDictionary headers)
    {
        if (request.Operation is not (S3Operation.GetObject or S3Operation.HeadObject))
        {
            return CacheOutcome.NotAnObjectRead;
        }

        foreach (var name in headers.Keys)
        {
            if (name.StartsWith(CustomerKeyPrefix, StringComparison.OrdinalIgnoreCase))
            {
                return CacheOutcome.CustomerKey;
            }
        }

        return CacheOutcome.None;
    }
}
