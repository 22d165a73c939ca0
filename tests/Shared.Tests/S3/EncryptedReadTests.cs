using EdgeCache.Shared.S3;
using EdgeCache.Shared.S3.Encryption;

namespace EdgeCache.Shared.Tests.S3;

/// <summary>What origin and edge answer alike about encrypted versions.</summary>
public sealed class EncryptedReadTests
{
    [Theory]
    [InlineData(ObjectEncryption.None, false, 200)]
    [InlineData(ObjectEncryption.ServerKey, false, 200)]
    [InlineData(ObjectEncryption.CustomerKey, false, 400)]
    [InlineData(ObjectEncryption.CustomerKey, true, 200)]
    public void A_customers_object_is_not_read_without_its_key(ObjectEncryption encryption, bool keyGiven, int status)
    {
        var plan = ObjectReadPlan.Make(SampleFacts.Of(3) with { Encryption = encryption }, "GET", new ObjectReadConditions { CustomerKeyGiven = keyGiven });
        Assert.Equal(status, plan.Status);
    }

    [Theory]
    [InlineData(ObjectEncryption.None, null, null)]
    [InlineData(ObjectEncryption.ServerKey, "AES256", null)]
    [InlineData(ObjectEncryption.CustomerKey, null, "AES256")]
    public void Answers_say_how_the_object_is_encrypted(ObjectEncryption encryption, string? server, string? customer)
    {
        var headers = new Dictionary<string, string>();
        S3ObjectHeaders.Write(SampleFacts.Of(3) with { Encryption = encryption }, (name, value) => headers[name] = value, checksumMode: false);
        Assert.Equal(server, headers.GetValueOrDefault(EncryptionHeaders.ServerSide));
        Assert.Equal(customer, headers.GetValueOrDefault(EncryptionHeaders.CustomerPrefix + EncryptionHeaders.Algorithm));
    }
}
