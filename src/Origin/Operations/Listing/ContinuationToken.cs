using System.Text;
using EdgeCache.Shared.S3;

namespace EdgeCache.Origin.Operations.Listing;

/// <summary>The continuation tokens of listings: opaque to clients, the last name of the page before to us (Base64 of <c>1</c> and its UTF-8).</summary>
internal static class ContinuationToken
{
    private const byte Version = (byte)'1';

    public static string Encode(string after) => Convert.ToBase64String([Version, .. Encoding.UTF8.GetBytes(after)]);

    /// <summary>Reads a token; an empty one begins at the start, one that is none of ours is InvalidArgument.</summary>
    public static S3Error? Decode(string token, out string after)
    {
        after = string.Empty;
        if (token.Length == 0)
        {
            return null;
        }

        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token, bytes, out var length) || length < 1 || bytes[0] != Version)
        {
            return new S3Error(
                S3ErrorCode.InvalidArgument, "The continuation token provided is incorrect", [new("ArgumentName", "continuation-token"), new("ArgumentValue", token)]);
        }

        after = Encoding.UTF8.GetString(bytes, 1, length - 1);
        return null;
    }
}
