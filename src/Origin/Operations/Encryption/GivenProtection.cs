using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Encryption;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Encryption;

namespace EdgeCache.Origin.Operations.Encryption;

/// <summary>How what a request stores is encrypted: as its headers say, else as the bucket does by default.</summary>
internal static class GivenProtection
{
    private static readonly string[] s_ofKms =
        [EncryptionHeaders.ServerSide + "-aws-kms-key-id", EncryptionHeaders.ServerSide + "-context", EncryptionHeaders.ServerSide + "-bucket-key-enabled"];

    /// <summary>Reads the headers: InvalidArgument or InvalidRequest when they contradict each other, NotImplemented for an external KMS.</summary>
    public static Outcome<Protection> Read(OperationContext context)
    {
        var key = CustomerKeyHeaders.Read(context);
        if (key.Error is not null)
        {
            return key.Error;
        }

        var algorithm = context.Header(EncryptionHeaders.ServerSide);
        if (key.Value is not null && algorithm is not null)
        {
            return Invalid("Server Side Encryption with Customer provided key is incompatible with the encryption method specified", algorithm);
        }

        if (algorithm is not (null or EncryptionHeaders.Aes256 or "aws:kms" or "aws:kms:dsse"))
        {
            return Invalid("The encryption method specified is not supported", algorithm);
        }

        if (algorithm is "aws:kms" or "aws:kms:dsse")
        {
            return new S3Error(S3ErrorCode.NotImplemented, "This store has no KMS: use AES256 or a customer's key.", [new("Header", EncryptionHeaders.ServerSide)]);
        }

        if (Array.Find(s_ofKms, h => context.Header(h) is not null and not "false") is { } ofKms)
        {
            return new S3Error(
                S3ErrorCode.InvalidArgument, "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
                [new("ArgumentName", ofKms)]);
        }

        return key.Value is { } customerKey ? Protection.Customer(customerKey)
            : algorithm is not null ? Protection.Server
            : context.Bucket.Facts.DefaultEncryption == ObjectEncryption.ServerKey ? Protection.Server
            : Protection.None;
    }

    private static S3Error Invalid(string message, string value) =>
        new(S3ErrorCode.InvalidArgument, message, [new("ArgumentName", EncryptionHeaders.ServerSide), new("ArgumentValue", value)]);
}
