using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Operations.Posting;

/// <summary>The file of a form on its way to the store: no longer and, at its end, no shorter than the policy says.</summary>
internal sealed class PostedFile(Stream file, long minLength, long maxLength) : AsyncReadStream
{
    private long _length;

    /// <exception cref="S3Exception">EntityTooLarge, EntityTooSmall, or IncompleteBody when the form ends within the file.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await file.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException && !cancellationToken.IsCancellationRequested))
        {
            throw new S3Exception(S3ErrorCode.IncompleteBody);
        }

        _length += read;
        if (_length > maxLength)
        {
            throw new S3Exception(new S3Error(S3ErrorCode.EntityTooLarge, Details: Sizes("MaxSizeAllowed", maxLength)));
        }

        if (read == 0 && buffer.Length > 0 && _length < minLength)
        {
            throw new S3Exception(new S3Error(S3ErrorCode.EntityTooSmall, Details: Sizes("MinSizeAllowed", minLength)));
        }

        return read;
    }

    private KeyValuePair<string, string>[] Sizes(string name, long limit) => [new("ProposedSize", $"{_length}"), new(name, $"{limit}")];
}
