using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.Operations.Bodies;

/// <summary>A request's body, decoded and verified as its headers say.</summary>
internal static class BodyStream
{
    /// <summary>Opens the body. It counts as authentic only once a read has returned 0.</summary>
    /// <param name="context">The request.</param>
    /// <param name="declared">What its headers say of the body.</param>
    /// <param name="chunked">The same stream when it is in chunks, for its trailers.</param>
    public static Stream Open(OperationContext context, DeclaredBody declared, out AwsChunkedStream? chunked)
    {
        chunked = null;
        var body = context.Exchange.Request.Body;
        var authenticated = context.Authorized.Authenticated;
        if (declared.IsChunked)
        {
            return chunked = new AwsChunkedStream(body, authenticated.Claim, authenticated.Key, declared.Length ?? -1, context.Header("x-amz-trailer"));
        }

        return declared.Kind == PayloadKind.Hash ? new PayloadHashStream(body, authenticated.Claim!.PayloadHash) : body;
    }

    /// <summary>Reads until the piece is full or the body has ended.</summary>
    public static async ValueTask<int> FillAsync(Stream body, Memory<byte> piece, CancellationToken cancellationToken)
    {
        var count = 0;
        while (count < piece.Length)
        {
            var read = await body.ReadAsync(piece[count..], cancellationToken);
            if (read == 0)
            {
                break;
            }

            count += read;
        }

        return count;
    }
}
