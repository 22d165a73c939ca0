using System.Collections.Concurrent;
using EdgeCache.Shared.Iam.Policies;

namespace EdgeCache.Origin.Catalog;

/// <summary>The compiled form of bucket policies in use, so that a request does not parse one. Equal texts are the same policy: nothing here goes stale.</summary>
internal sealed class ParsedPolicies
{
    /// <summary>The most policies kept; above it the cache starts over.</summary>
    public const int MaxEntries = 1024;

    private readonly ConcurrentDictionary<(string Bucket, string Json), BucketPolicy> _policies = new();

    /// <summary>The compiled policy.</summary>
    /// <exception cref="InvalidDataException">The stored text is no policy: it was accepted by a program with other rules. Whoever needs it is refused.</exception>
    public BucketPolicy Parse(string bucket, string json)
    {
        if (_policies.TryGetValue((bucket, json), out var known))
        {
            return known;
        }

        if (BucketPolicy.TryParse(json, bucket, out var policy) is { } problem)
        {
            throw new InvalidDataException($"The stored policy of bucket {bucket} can't be read: {problem.Message}");
        }

        if (_policies.Count >= MaxEntries)
        {
            _policies.Clear();
        }

        _policies[(bucket, json)] = policy!;
        return policy!;
    }
}
