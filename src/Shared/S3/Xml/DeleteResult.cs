namespace EdgeCache.Shared.S3.Xml;

/// <summary>The answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html">DeleteObjects</see>.</summary>
/// <param name="Deleted">What is gone now, left out of a quiet answer by the caller.</param>
/// <param name="Errors">What could not be deleted.</param>
public sealed record DeleteResult(IReadOnlyList<DeletedEntry> Deleted, IReadOnlyList<DeleteFailure> Errors)
{
    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("DeleteResult", this, static (w, result) =>
    {
        foreach (var entry in result.Deleted)
        {
            w.Group("Deleted", entry, static (w, e) =>
            {
                w.Text("Key", e.Key);
                w.Text("VersionId", e.VersionId);
                w.Text("DeleteMarker", e.DeleteMarker ? "true" : null);
                w.Text("DeleteMarkerVersionId", e.DeleteMarkerVersionId);
            });
        }

        foreach (var failure in result.Errors)
        {
            w.Group("Error", failure, static (w, f) =>
            {
                w.Text("Key", f.Key);
                w.Text("VersionId", f.VersionId);
                w.Text("Code", f.Error.Code.ToString());
                w.Text("Message", f.Error.Message ?? S3ErrorTable.Message(f.Error.Code));
            });
        }
    });
}

/// <summary>A key that was deleted.</summary>
/// <param name="Key">The key.</param>
/// <param name="VersionId">The version that the request named; null when it named none.</param>
/// <param name="DeleteMarker">Whether a delete marker was made, or was what was deleted.</param>
/// <param name="DeleteMarkerVersionId">The version id of that marker; null when there is none.</param>
public sealed record DeletedEntry(string Key, string? VersionId = null, bool DeleteMarker = false, string? DeleteMarkerVersionId = null);

/// <summary>A key that could not be deleted.</summary>
/// <param name="Key">The key.</param>
/// <param name="VersionId">The version that the request named; null when it named none.</param>
/// <param name="Error">Why.</param>
public sealed record DeleteFailure(string Key, string? VersionId, S3Error Error);
