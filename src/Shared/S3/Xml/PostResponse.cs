namespace EdgeCache.Shared.S3.Xml;

/// <summary>The answer to a form that asked for 201 (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html">POST Object</see>).</summary>
/// <param name="Location">The object's address.</param>
/// <param name="Bucket">Its bucket.</param>
/// <param name="Key">Its key.</param>
/// <param name="ETag">Its entity tag, without quotes.</param>
public sealed record PostResponse(string Location, string Bucket, string Key, string ETag)
{
    /// <summary>Writes the document, without a namespace as S3 does.</summary>
    public byte[] Write() => S3XmlWriter.PlainDocument("PostResponse", this, static (w, r) =>
    {
        w.Text("Location", r.Location);
        w.Text("Bucket", r.Bucket);
        w.Text("Key", r.Key);
        w.ETag(r.ETag);
    });
}
