using EdgeCache.Shared.S3.Encryption;

namespace EdgeCache.Origin.Encryption;

/// <summary>How something that is being stored is encrypted.</summary>
/// <param name="Kind">With whose key, if at all.</param>
/// <param name="CustomerKey">The customer's key, when it is with that.</param>
/// <param name="Check">What the customer's key is recognised by; null otherwise.</param>
internal sealed record Protection(ObjectEncryption Kind, CustomerKey? CustomerKey, string? Check)
{
    /// <summary>Plain bytes.</summary>
    public static Protection None { get; } = new(ObjectEncryption.None, null, null);

    /// <summary>With the store's newest key.</summary>
    public static Protection Server { get; } = new(ObjectEncryption.ServerKey, null, null);

    /// <summary>With a customer's key, for a new object or upload.</summary>
    public static Protection Customer(CustomerKey key) => new(ObjectEncryption.CustomerKey, key, key.NewCheck());
}
