using EdgeCache.Shared.Iam;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html">GetBucketOwnershipControls</see> and
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketOwnershipControls.html">PutBucketOwnershipControls</see>.
/// </summary>
/// <param name="Ownership">The one rule of the document.</param>
public sealed record OwnershipControls(ObjectOwnership Ownership)
{
    /// <summary>The header of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html">CreateBucket</see> with one of the names.</summary>
    public const string Header = "x-amz-object-ownership";

    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document("OwnershipControls", Ownership, static (w, ownership) =>
        w.Group("Rule", ownership, static (w, o) => w.Text("ObjectOwnership", o.ToString())));

    /// <summary>Reads one of the three names; false for anything else.</summary>
    public static bool TryParseName(string? name, out ObjectOwnership ownership)
    {
        foreach (var candidate in Enum.GetValues<ObjectOwnership>())
        {
            if (candidate.ToString() == name)
            {
                ownership = candidate;
                return true;
            }
        }

        ownership = default;
        return false;
    }

    /// <summary>Reads the body; MalformedXML when it is not exactly one rule.</summary>
    public static ValueTask<(OwnershipControls? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, S3XmlBody.DefaultMaxBytes, Parse, cancellationToken);

    internal static (OwnershipControls? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        var value = S3XmlCursor.Parse(document, "OwnershipControls", static cursor =>
        {
            ObjectOwnership? found = null;
            foreach (var child in cursor.Children())
            {
                if (child != "Rule" || found is not null)
                {
                    return null;
                }

                foreach (var item in cursor.Children())
                {
                    if (item != "ObjectOwnership" || !TryParseName(cursor.Text(), out var ownership))
                    {
                        return null;
                    }

                    found = ownership;
                }
            }

            return found is { } known ? new OwnershipControls(known) : null;
        });
        return value is null ? (null, S3XmlBody.Malformed) : (value, null);
    }
}
