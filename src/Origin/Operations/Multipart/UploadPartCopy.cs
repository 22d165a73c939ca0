using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Operations.Encryption;
using EdgeCache.Origin.Operations.Objects;
using EdgeCache.Shared.Http;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Origin.Operations.Multipart;

/// <summary>
/// UploadPartCopy (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html">S3 API</see>). The bytes are read again also within
/// the region, since the part needs an MD5 and a checksum of its own.
/// </summary>
internal static class UploadPartCopy
{
    private const string RangeHeaderName = "x-amz-copy-source-range";

    public static async Task<S3Error?> ExecuteAsync(OperationContext context)
    {
        var target = await PartTarget.FindAsync(context);
        if (!target.Succeeded)
        {
            return target.Error;
        }

        // What another region is asked for must be known before it answers; what is wrong with the range is told after, when the size is known.
        var header = context.Header(RangeHeaderName);
        var found = await CopySource.FindAsync(context, header is not null && TryParseRange(header, out _, out _) ? header : null);
        if (!found.Succeeded)
        {
            return found.Error;
        }

        using var source = found.Value;
        var range = ReadRange(header, source.Facts.Size);
        if (!range.Succeeded)
        {
            return range.Error;
        }

        var (exceeded, quota) = await target.Value.AskQuotaAsync(context, range.Value.Length);
        if (exceeded is not null)
        {
            return exceeded;
        }

        var copied = source.Foreign is { } foreign
            ? await foreign.ReceiveRangeAsync(range.Value.Length, target.Value.Protection, target.Value.PartAlgorithm)
            : await SegmentCopier.CopyAsync(context, source, range.Value, target.Value.Protection, target.Value.PartAlgorithm);
        if (!copied.Succeeded)
        {
            return copied.Error;
        }

        var stored = await Commit.PartAsync(context, target.Value.NewPart(copied.Value, quota));
        if (!stored.Succeeded)
        {
            return stored.Error;
        }

        var part = stored.Value;
        CustomerKeyHeaders.Tell(context, target.Value.Protection.Kind, target.Value.Protection.CustomerKey);
        await context.Exchange.RespondXmlAsync(StatusCodes.Status200OK, new CopyPartResult(part.ETag, part.LastModified, part.Checksum).Write());
        return null;
    }

    private static Outcome<ByteRange> ReadRange(string? header, long size)
    {
        if (header is null)
        {
            return size <= UploadLimits.MaxBodyLength
                ? new ByteRange(0, size)
                : new S3Error(S3ErrorCode.InvalidRequest, "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120");
        }

        if (!TryParseRange(header, out var first, out var last))
        {
            return new S3Error(
                S3ErrorCode.InvalidArgument,
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
                [new("ArgumentName", RangeHeaderName), new("ArgumentValue", header)]);
        }

        if (last >= size)
        {
            return new S3Error(S3ErrorCode.InvalidRange, $"Range specified is not valid for source object of size: {size}");
        }

        return last - first < UploadLimits.MaxBodyLength ? new ByteRange(first, last - first + 1) : S3ErrorCode.EntityTooLarge;
    }

    // Unlike Range, both ends are needed, and what can't be read is an error rather than ignored.
    private static bool TryParseRange(string header, out long first, out long last)
    {
        first = last = 0;
        const string unit = "bytes=";
        if (!header.StartsWith(unit, StringComparison.Ordinal))
        {
            return false;
        }

        var span = header.AsSpan(unit.Length);
        var dash = span.IndexOf('-');
        return dash > 0 && IsNumber(span[..dash], out first) && IsNumber(span[(dash + 1)..], out last) && first <= last;
    }

    private static bool IsNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out number);
}
