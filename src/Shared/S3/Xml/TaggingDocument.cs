namespace EdgeCache.Shared.S3.Xml;

/// <summary>The answer to <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html">GetObjectTagging</see>.</summary>
public static class TaggingDocument
{
    /// <summary>Writes the document; an object without tags has an empty TagSet.</summary>
    public static byte[] Write(IEnumerable<KeyValuePair<string, string>> tags) => S3XmlWriter.Document("Tagging", tags, static (w, all) =>
        w.Group("TagSet", all, static (w, set) =>
        {
            foreach (var tag in set)
            {
                w.Group("Tag", tag, static (w, t) =>
                {
                    w.Text("Key", t.Key);
                    w.Text("Value", t.Value);
                });
            }
        }));
}
