using EdgeCache.Shared.Replication;

namespace EdgeCache.Origin.Tests.Catalog;

/// <summary>The versioning rules of S3 as plainly as they can be said.</summary>
internal sealed class VersioningModel
{
    public const string Null = "null";

    public BucketVersioning Versioning { get; set; }

    /// <summary>The versions of each key, newest first.</summary>
    public Dictionary<string, List<ModelVersion>> Keys { get; } = [];

    public void Put(string key, string versionId, string etag) => Add(key, new ModelVersion(versionId, false, etag));

    public void Delete(string key, string markerId)
    {
        if (Versioning == BucketVersioning.Unversioned)
        {
            Keys.Remove(key);
            return;
        }

        Add(key, new ModelVersion(markerId, true, ""));
    }

    public void DeleteVersion(string key, string versionId)
    {
        if (Keys.TryGetValue(key, out var versions))
        {
            versions.RemoveAll(v => v.VersionId == versionId);
            if (versions.Count == 0)
            {
                Keys.Remove(key);
            }
        }
    }

    private void Add(string key, ModelVersion version)
    {
        if (!Keys.TryGetValue(key, out var versions))
        {
            Keys[key] = versions = [];
        }

        if (Versioning != BucketVersioning.Enabled)
        {
            versions.RemoveAll(static v => v.VersionId == Null);
        }

        versions.Insert(0, version);
    }
}

internal sealed record ModelVersion(string VersionId, bool IsDeleteMarker, string ETag);
