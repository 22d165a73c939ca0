using System.Globalization;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>The body of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html">CompleteMultipartUpload</see>.</summary>
/// <param name="Parts">The parts, in ascending order of their numbers; at least one, at most <see cref="PartNumber.Max"/>.</param>
public sealed record CompleteMultipartUploadRequest(IReadOnlyList<CompletedPart> Parts)
{
    /// <summary>The largest body, in bytes: 10,000 parts with SHA-256 checksums, generously indented.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Reads the body: MalformedXML when it is no list of parts, InvalidPartOrder when their numbers do not ascend.</summary>
    public static ValueTask<(CompleteMultipartUploadRequest? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, MaxBytes, Parse, cancellationToken);

    internal static (CompleteMultipartUploadRequest? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        var parts = S3XmlCursor.Parse(document, "CompleteMultipartUpload", static cursor =>
        {
            var list = new List<CompletedPart>();
            foreach (var child in cursor.Children())
            {
                if (child != "Part" || list.Count == PartNumber.Max || ReadPart(cursor) is not { } part)
                {
                    return null;
                }

                // A client that sent a part twice may name it twice in a row: the later ETag counts.
                if (list.Count > 0 && list[^1].PartNumber == part.PartNumber)
                {
                    list.RemoveAt(list.Count - 1);
                }

                list.Add(part);
            }

            return list.Count == 0 ? null : list;
        });
        if (parts is null)
        {
            return (null, S3XmlBody.Malformed);
        }

        for (var i = 1; i < parts.Count; i++)
        {
            if (parts[i].PartNumber <= parts[i - 1].PartNumber)
            {
                return (null, S3ErrorCode.InvalidPartOrder);
            }
        }

        return (new CompleteMultipartUploadRequest(parts), null);
    }

    private static CompletedPart? ReadPart(S3XmlCursor cursor)
    {
        var number = 0;
        string? etag = null;
        string? checksum = null;
        ChecksumAlgorithm algorithm = default;
        foreach (var child in cursor.Children())
        {
            if (child == "PartNumber")
            {
                if (!int.TryParse(cursor.Text().AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number) ||
                    number is < 1 or > PartNumber.Max)
                {
                    return null;
                }
            }
            else if (child == "ETag")
            {
                etag = cursor.Text().Trim().Trim('"');
            }
            else if (S3XmlChecksums.TryParseElement(child, out var named))
            {
                (algorithm, checksum) = (named, cursor.Text().Trim());
            }
        }

        return number == 0 || etag is null ? null : new CompletedPart(number, etag, checksum is null ? null : new PartChecksum(algorithm, checksum));
    }
}

/// <summary>A part as CompleteMultipartUpload names it.</summary>
/// <param name="PartNumber">Its number.</param>
/// <param name="ETag">Its entity tag, without quotes.</param>
/// <param name="Checksum">The checksum that the client has of it, if it says.</param>
public sealed record CompletedPart(int PartNumber, string ETag, PartChecksum? Checksum);

/// <summary>The checksum of a part.</summary>
/// <param name="Algorithm">Which function.</param>
/// <param name="Value">Base64.</param>
public sealed record PartChecksum(ChecksumAlgorithm Algorithm, string Value);
