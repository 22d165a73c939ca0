using System.Globalization;
using EdgeCache.Origin.Operations.Encryption;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>GetObjectAttributes (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html">S3 API</see>).</summary>
internal static class GetObjectAttributes
{
    private const string AttributesHeader = "x-amz-object-attributes";
    private const string MaxPartsHeader = "x-amz-max-parts";
    private const string MarkerHeader = "x-amz-part-number-marker";

    private static readonly string[] Known = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var wanted = (context.Header(AttributesHeader) ?? string.Empty)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .ToHashSet(StringComparer.Ordinal);
        if (wanted.Count == 0 || !wanted.IsSubsetOf(Known))
        {
            return Invalid(AttributesHeader, context.Header(AttributesHeader), "Invalid attribute name specified.");
        }

        if (!TryReadNumber(context.Header(MaxPartsHeader), PageSize.Max, out var maxParts))
        {
            return Invalid(MaxPartsHeader, context.Header(MaxPartsHeader), null);
        }

        if (!TryReadNumber(context.Header(MarkerHeader), 0, out var marker))
        {
            return Invalid(MarkerHeader, context.Header(MarkerHeader), null);
        }

        var found = VersionAnswer.Find(context);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        var facts = found.Value;
        var key = CustomerKeyHeaders.Read(context);
        if ((key.Error ?? CustomerKeyHeaders.Check(facts, key.Value)) is { } wrongKey)
        {
            return wrongKey;
        }

        context.SetHeader("Last-Modified", HttpDate.Format(facts.LastModified));
        var response = new GetObjectAttributesResponse
        {
            ETag = wanted.Contains("ETag") ? facts.ETag : null,
            Checksum = wanted.Contains("Checksum") ? facts.Checksum : null,
            Parts = wanted.Contains("ObjectParts") && facts.PartSizes.Length > 0 ? Parts(facts, marker, Math.Min(maxParts, PageSize.Max)) : null,
            StorageClass = wanted.Contains("StorageClass") ? facts.StorageClass : null,
            ObjectSize = wanted.Contains("ObjectSize") ? facts.Size : null,
        };
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, response.Write());
        return null;
    }

    private static AttributeParts Parts(VersionFacts facts, int marker, int max)
    {
        var sizes = facts.PartSizes;
        var parts = Enumerable.Range(1, sizes.Length).Skip(marker).Take(max).Select(n => new AttributePart(n, sizes[n - 1], facts.PartChecksum(n))).ToList();
        var last = parts.Count > 0 ? parts[^1].PartNumber : marker;
        return new AttributeParts(sizes.Length, marker, last, max, last < sizes.Length, parts);
    }

    private static bool TryReadNumber(string? text, int absent, out int number)
    {
        number = absent;
        return text is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static S3Error Invalid(string header, string? value, string? message) =>
        new(S3ErrorCode.InvalidArgument, message, [new("ArgumentName", header), new("ArgumentValue", value ?? string.Empty)]);
}
