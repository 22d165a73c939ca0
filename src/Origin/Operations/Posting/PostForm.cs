using System.Text;
using EdgeCache.Origin.Catalog;
using EdgeCache.Shared.S3;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace EdgeCache.Origin.Operations.Posting;

/// <summary>
/// A form (<c>multipart/form-data</c>, RFC 7578) read up to its file: the fields before that are kept, within bounds, and the file is left to be streamed. What follows it is ignored,
/// as in S3.
/// </summary>
/// <param name="Fields">The fields by name in lower case; values have a character for each byte.</param>
/// <param name="FileName">The file's name; empty when the form does not say.</param>
/// <param name="File">The file, yet to be read.</param>
internal sealed record PostForm(IReadOnlyDictionary<string, string> Fields, string FileName, Stream File)
{
    /// <summary>The most fields of a form.</summary>
    public const int MaxFields = 200;

    /// <summary>The most bytes of all fields before the file.</summary>
    public const int MaxFieldBytes = 128 * 1024;

    private const int MaxBoundaryLength = 70; // RFC 2046, section 5.1.1

    /// <summary>
    /// Reads the fields: PreconditionFailed for what is no form, MalformedPOSTRequest for one that can't be read or has no file,
    /// MaxPostPreDataLengthExceeded for one whose fields are too many or too long.
    /// </summary>
    public static async Task<Outcome<PostForm>> ReadAsync(string? contentType, Stream body, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) ||
            !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) ||
            HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= MaxBoundaryLength } boundary)
        {
            return new S3Error(
                S3ErrorCode.PreconditionFailed, "Bucket POST must be of the enclosure-type multipart/form-data",
                [new("Condition", "Bucket POST must be of the enclosure-type multipart/form-data")]);
        }

        try
        {
            return await ReadAsync(new MultipartReader(boundary.ToString(), body), cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or (IOException and not BadHttpRequestException))
        {
            return Malformed;
        }
    }

    /// <summary>The refusal of a form that can't be read.</summary>
    public static S3Error Malformed { get; } = S3ErrorCode.MalformedPOSTRequest;

    private static async Task<Outcome<PostForm>> ReadAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var bytes = 0;
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) ||
                HeaderUtilities.RemoveQuotes(disposition.Name).ToString().ToLowerInvariant() is not { Length: > 0 } name)
            {
                return Malformed;
            }

            if (name == "file")
            {
                var fileName = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
                return new PostForm(fields, Path.GetFileName(fileName.Replace('\\', '/')), section.Body);
            }

            if (fields.Count == MaxFields || await ReadValueAsync(section.Body, MaxFieldBytes - bytes, cancellationToken) is not { } value)
            {
                return new S3Error(S3ErrorCode.MaxPostPreDataLengthExceeded);
            }

            bytes += name.Length + value.Length;
            fields[name] = value;
        }

        return new S3Error(S3ErrorCode.InvalidArgument, "POST requires exactly one file upload per request.", [new("ArgumentName", "file"), new("ArgumentValue", "0")]);
    }

    private static async Task<string?> ReadValueAsync(Stream body, int max, CancellationToken cancellationToken)
    {
        using var value = new MemoryStream();
        var piece = new byte[4096];
        int read;
        while ((read = await body.ReadAsync(piece, cancellationToken)) > 0)
        {
            if (value.Length + read > max)
            {
                return null;
            }

            value.Write(piece, 0, read);
        }

        return Encoding.Latin1.GetString(value.GetBuffer(), 0, (int)value.Length);
    }
}
