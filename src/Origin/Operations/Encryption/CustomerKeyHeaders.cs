using EdgeCache.Origin.Catalog;
using EdgeCache.Origin.Encryption;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Encryption;

namespace EdgeCache.Origin.Operations.Encryption;

/// <summary>
/// The key that a request brings, and whether it is the object's
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html">SSE-C</see>).
/// </summary>
internal static class CustomerKeyHeaders
{
    private const int Md5Size = 16;
    private const string Requests = "Requests specifying Server Side Encryption with Customer provided keys must";

    /// <summary>Reads the three headers; a null value where none is there, and the refusal where they are not a key.</summary>
    /// <param name="context">The request.</param>
    /// <param name="prefix">What the headers' names begin with.</param>
    public static Outcome<CustomerKey?> Read(OperationContext context, string prefix = EncryptionHeaders.CustomerPrefix)
    {
        var algorithm = context.Header(prefix + EncryptionHeaders.Algorithm);
        var text = context.Header(prefix + EncryptionHeaders.Key);
        var md5 = context.Header(prefix + EncryptionHeaders.KeyMd5);
        if (algorithm is null && text is null && md5 is null)
        {
            return new Outcome<CustomerKey?>(null, null);
        }

        if (!context.IsSecure && context.Services.Options.RequireTlsForCustomerKeys)
        {
            return new S3Error(S3ErrorCode.InvalidRequest, $"{Requests} be made over a secure connection.");
        }

        if (algorithm is null)
        {
            return Invalid($"{Requests} provide a valid encryption algorithm.", prefix + EncryptionHeaders.Algorithm, null);
        }

        if (algorithm != EncryptionHeaders.Aes256)
        {
            return new S3Error(S3ErrorCode.InvalidEncryptionAlgorithmError, Details: [new("ArgumentName", prefix + EncryptionHeaders.Algorithm), new("ArgumentValue", algorithm)]);
        }

        if (text is null)
        {
            return Invalid($"{Requests} provide an appropriate secret key.", prefix + EncryptionHeaders.Key, null);
        }

        if (md5 is null)
        {
            return Invalid($"{Requests} provide the client calculated MD5 of the secret key.", prefix + EncryptionHeaders.KeyMd5, null);
        }

        // The key itself never appears in an answer.
        var key = new byte[ChunkCipher.KeySize];
        if (!Convert.TryFromBase64String(text, key, out var length) || length != key.Length)
        {
            return Invalid("The secret key was invalid for the specified algorithm.", prefix + EncryptionHeaders.Key, null);
        }

        var expected = new byte[Md5Size];
        if (!Convert.TryFromBase64String(md5, expected, out length) || length != expected.Length || !expected.AsSpan().SequenceEqual(CustomerKey.DigestOf(key)))
        {
            return Invalid("The calculated MD5 hash of the key did not match the hash that was provided.", prefix + EncryptionHeaders.KeyMd5, md5);
        }

        return new Outcome<CustomerKey?>(new CustomerKey(key), null);
    }

    /// <summary>The refusal of a key that is not a version's; null when it is, or when neither has one.</summary>
    public static S3Error? Check(VersionFacts facts, CustomerKey? key) => Check(facts.Encryption, facts.CustomerKeyCheck, key);

    /// <summary>The same for an upload.</summary>
    public static S3Error? Check(ObjectEncryption encryption, string? check, CustomerKey? key) => (encryption == ObjectEncryption.CustomerKey, key) switch
    {
        (false, null) => null,
        (false, not null) => EncryptionHeaders.KeyNotApplicable,
        (true, null) => EncryptionHeaders.KeyMissing,
        (true, { } given) => check is not null && given.IsRecognisedBy(check)
            ? null
            : new S3Error(S3ErrorCode.InvalidRequest, "The provided encryption parameters did not match the ones used originally."),
    };

    /// <summary>Sets the answer's headers.</summary>
    public static void Tell(OperationContext context, ObjectEncryption encryption, CustomerKey? key)
    {
        if (encryption == ObjectEncryption.ServerKey)
        {
            context.SetHeader(EncryptionHeaders.ServerSide, EncryptionHeaders.Aes256);
        }
        else if (encryption == ObjectEncryption.CustomerKey)
        {
            context.SetHeader(EncryptionHeaders.CustomerPrefix + EncryptionHeaders.Algorithm, EncryptionHeaders.Aes256);
            if (key is not null)
            {
                context.SetHeader(EncryptionHeaders.CustomerPrefix + EncryptionHeaders.KeyMd5, key.Md5);
            }
        }
    }

    private static S3Error Invalid(string message, string header, string? value) =>
        new(S3ErrorCode.InvalidArgument, message, [new("ArgumentName", header), new("ArgumentValue", value ?? "null")]);
}
