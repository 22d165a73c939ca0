using System.Collections.Immutable;
using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Encryption;
using EdgeCache.Origin.Operations.Bodies;
using EdgeCache.Origin.Replication;
using EdgeCache.Shared.Checksums;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Encryption;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Operations.Objects;

/// <summary>
/// The source of a copy in another region. An edge says where that is; the region itself decides whether the caller may read it, and whether its
/// conditions hold, and sends the bytes.
/// </summary>
internal sealed class ForeignSource : IDisposable
{
    private const string RangeHeader = "Range";

    /// <summary>The conditions of a copy, as the conditions of the read that they become.</summary>
    private static readonly string[] Conditions = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];

    /// <summary>What policies may have conditions on.</summary>
    private static readonly string[] OfTheClient = ["User-Agent", "Referer"];

    private readonly OperationContext _context;
    private readonly ForeignRead _read;
    private readonly ForeignObject _opened;

    private ForeignSource(OperationContext context, ForeignRead read, ForeignObject opened) => (_context, _read, _opened) = (context, read, opened);

    public VersionFacts Facts => _opened.Facts;

    /// <summary>Where an edge says that the source is; null when none does, or when it is here.</summary>
    public static CopySourcePlace? PlaceOf(OperationContext context, CopySourceName name)
    {
        var signed = context.Exchange.Signed;
        return context.Authorized.Authenticated.Via is not null && signed.TryGetHeader(CopySourceStatement.Header, out var header) &&
            context.Services.CopySources.Verify(header, name.Bucket, context.Services.Time.GetUtcNow(), signed.Method, signed.RawTarget) is { } place &&
            place.Region != context.Services.Options.Region
                ? place
                : null;
    }

    /// <summary>Opens the source, or a range of it: the refusal of its region, or ServiceUnavailable.</summary>
    public static async Task<Outcome<ForeignSource>> OpenAsync(OperationContext context, CopySourceName source, CopySourcePlace place, string? range)
    {
        List<KeyValuePair<string, string>> headers = [];
        foreach (var condition in Conditions)
        {
            if (context.Header($"{CopySourceName.Header}-{condition}") is { } value)
            {
                headers.Add(new(condition, value));
            }
        }

        foreach (var name in OfTheClient)
        {
            if (context.Header(name) is { } value)
            {
                headers.Add(new(name, value));
            }
        }

        if (!ExpectedBucketOwner.TryRead(ExpectedBucketOwner.SourceHeader, context.Header(ExpectedBucketOwner.SourceHeader), context.Query, out var owner))
        {
            return S3ErrorCode.AccessDenied;
        }

        if (owner is not null)
        {
            headers.Add(new(ExpectedBucketOwner.Header, owner));
        }

        foreach (var name in (ReadOnlySpan<string>)[EncryptionHeaders.Algorithm, EncryptionHeaders.Key, EncryptionHeaders.KeyMd5])
        {
            if (context.Header(EncryptionHeaders.CopySourcePrefix + name) is { } value)
            {
                headers.Add(new(EncryptionHeaders.CustomerPrefix + name, value));
            }
        }

        if (range is not null)
        {
            headers.Add(new(RangeHeader, range));
        }

        var read = new ForeignRead(place, source, context.Principal, context.Authorized.Authenticated.Via!) { Headers = headers };
        var opened = await context.Services.Regions.OpenAsync(read, context.Aborted);
        if (!opened.Succeeded)
        {
            return opened.Error;
        }

        if (opened.Value.Facts.VersionId is { Length: > 0 } versionId)
        {
            context.SetHeader("x-amz-copy-source-version-id", versionId);
        }

        return new ForeignSource(context, read, opened.Value);
    }

    public Task<Outcome<ImmutableSortedDictionary<string, string>>> FindTagsAsync() => _context.Services.Regions.FindTagsAsync(_read, _context.Aborted);

    /// <summary>Takes all bytes over, and compares them with the checksum that their region keeps of all of them.</summary>
    public async Task<Outcome<ReceivedBody>> ReceiveWholeAsync(Protection protection, ChecksumAlgorithm algorithm)
    {
        var value = Facts.Checksum is { Type: ChecksumType.FullObject } kept && ChecksumValue.TryDecode(algorithm, kept.Value, out var decoded) ? decoded : null;
        return await ReceiveAsync(new DeclaredChecksum(algorithm, value, InTrailer: false), protection, algorithm);
    }

    /// <summary>Takes the bytes of a range over, which must be as many as were asked for.</summary>
    public async Task<Outcome<ReceivedBody>> ReceiveRangeAsync(long length, Protection protection, ChecksumAlgorithm algorithm) =>
        _opened.Length == length ? await ReceiveAsync(null, protection, algorithm) : ForeignRefusal.Unreachable;

    public void Dispose() => _opened.Dispose();

    private async Task<Outcome<ReceivedBody>> ReceiveAsync(DeclaredChecksum? checksum, Protection protection, ChecksumAlgorithm algorithm)
    {
        var declared = new DeclaredBody(_opened.Length, PayloadKind.Unsigned, ContentMd5: null, checksum);
        var received = await BodyReceiver.ReceiveAsync(_context, _opened.Body, declared, protection, algorithm);

        // Bytes that went wrong on the way between regions are not the client's doing: it may ask again.
        return received.Error?.Code is S3ErrorCode.BadDigest or S3ErrorCode.IncompleteBody ? ForeignRefusal.Unreachable : received;
    }
}
