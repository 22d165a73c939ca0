using System.Net;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class BucketLifecycleTests
{
    private const string Configuration =
        "<LifecycleConfiguration><Rule><ID>r1</ID><Prefix>logs/</Prefix><Status>Enabled</Status><Expiration><Days>3</Days></Expiration></Rule></LifecycleConfiguration>";

    [Fact]
    public async Task A_configuration_is_kept_replaced_and_deleted()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        (await client.GetAsync("/bucket-1?lifecycle")).ShouldFail(HttpStatusCode.NotFound, "NoSuchLifecycleConfiguration");
        (await client.DeleteAsync("/bucket-1?lifecycle")).ShouldBe(HttpStatusCode.NoContent);
        (await client.PutAsync("/bucket-1?lifecycle", Configuration.Replace("3", "0", StringComparison.Ordinal))).ShouldFail(HttpStatusCode.BadRequest, "InvalidArgument");

        (await client.PutAsync("/bucket-1?lifecycle", Configuration)).ShouldBe(HttpStatusCode.OK);
        var kept = await client.GetAsync("/bucket-1?lifecycle");
        Assert.Equal(("r1", "logs/", "3"), (kept.Value("ID"), kept.Value("Prefix"), kept.Value("Days")));
        (await client.DeleteAsync("/bucket-1?lifecycle")).ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync("/bucket-1?lifecycle")).ShouldFail(HttpStatusCode.NotFound, "NoSuchLifecycleConfiguration");
    }

    [Fact]
    public async Task Writes_and_reads_tell_when_an_object_ends()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await client.PutAsync("/bucket-1?lifecycle", Configuration);

        var put = (await client.PutAsync("/bucket-1/logs/a", "x"))["x-amz-expiration"];
        Assert.EndsWith("GMT\", rule-id=\"r1\"", put, StringComparison.Ordinal);
        Assert.Equal(put, (await client.GetAsync("/bucket-1/logs/a"))["x-amz-expiration"]);
        Assert.Equal(put, (await client.HeadAsync("/bucket-1/logs/a"))["x-amz-expiration"]);
        Assert.Equal(
            put, (await client.SendAsync(HttpMethod.Put, "/bucket-1/logs/b", headers: [("x-amz-copy-source", "bucket-1/logs/a")]))["x-amz-expiration"]);
        Assert.Null((await client.PutAsync("/bucket-1/data/a", "x"))["x-amz-expiration"]);
        Assert.Null((await client.GetAsync("/bucket-1/data/a"))["x-amz-expiration"]);
    }
}
