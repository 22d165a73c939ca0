using System.Collections.Concurrent;
using System.Text.Json;
using EdgeCache.Origin.Catalog.Sql;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Catalog;

/// <summary>The configurations of buckets in use, so that a request does not parse them. Equal texts mean the same: nothing here goes stale.</summary>
internal sealed class ParsedConfigurations(ILogger logger)
{
    /// <summary>The most texts kept; above it the cache starts over.</summary>
    public const int MaxEntries = 1024;

    private readonly ConcurrentDictionary<string, BucketConfigurations> _parsed = new(StringComparer.Ordinal);

    /// <summary>The text to keep; null when nothing is configured.</summary>
    public static string? Write(BucketConfigurations configurations) =>
        configurations == BucketConfigurations.None ? null : JsonSerializer.Serialize(configurations, InternalJson.Default.BucketConfigurations);

    /// <summary>What is configured. Of what another version of the program wrote, and this one can't read, nothing: it allows nobody anything.</summary>
    public BucketConfigurations Parse(string bucket, string json)
    {
        if (_parsed.TryGetValue(json, out var known))
        {
            return known;
        }

        BucketConfigurations parsed;
        try
        {
            parsed = JsonSerializer.Deserialize(json, InternalJson.Default.BucketConfigurations) ?? BucketConfigurations.None;
        }
        catch (JsonException e)
        {
            CatalogLog.ConfigurationsUnreadable(logger, bucket, e);
            parsed = BucketConfigurations.None;
        }

        if (_parsed.Count >= MaxEntries)
        {
            _parsed.Clear();
        }

        _parsed[json] = parsed;
        return parsed;
    }
}
