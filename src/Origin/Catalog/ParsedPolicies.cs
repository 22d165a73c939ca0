using System.Collections.Concurrent;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Iam.Policies;

namespace EdgeCache.Origin.Catalog;

/// <summary>
/// The compiled form of bucket policies in use, so that a request does not parse one. Equal texts are the same policy: nothing here goes stale.
/// </summary>
internal sealed class ParsedPolicies(ILogger logger)
{
    /// <summary>The most policies kept; above it the cache starts over.</summary>
    public const int MaxEntries = 1024;

    private readonly ConcurrentDictionary<(string Bucket, string Json), BucketPolicy> _policies = new();

    /// <summary>The compiled policy. One that was accepted by a program with other rules, and is none now, denies everything but its repair.</summary>
    public BucketPolicy Parse(string bucket, string json)
    {
        if (_policies.TryGetValue((bucket, json), out var known))
        {
            return known;
        }

        var policy = BucketPolicy.Restore(json);
        if (policy.Problem is { } problem)
        {
            CatalogLog.PolicyUnreadable(logger, bucket, problem.ToString());
        }

        if (_policies.Count >= MaxEntries)
        {
            _policies.Clear();
        }

        _policies[(bucket, json)] = policy;
        return policy;
    }
}
