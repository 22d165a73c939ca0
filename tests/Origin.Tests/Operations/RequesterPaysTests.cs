using System.Net;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class RequesterPaysTests
{
    [Fact]
    public async Task Others_must_agree_to_pay_and_nobody_may_be_anonymous()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client, acl: "public-read");
        await client.PutAsync("/bucket-1/k", "x", ("x-amz-acl", "public-read"));
        Assert.Equal("BucketOwner", (await client.GetAsync("/bucket-1?requestPayment")).Value("Payer"));
        (await client.PutAsync("/bucket-1?requestPayment", "<RequestPaymentConfiguration><Payer>Nobody</Payer></RequestPaymentConfiguration>"))
            .ShouldFail(HttpStatusCode.BadRequest, "MalformedXML");
        (await client.PutAsync("/bucket-1?requestPayment", "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>"))
            .ShouldBe(HttpStatusCode.OK);
        Assert.Equal("Requester", (await client.GetAsync("/bucket-1?requestPayment")).Value("Payer"));

        Assert.Null((await client.GetAsync("/bucket-1/k")).ShouldBe(HttpStatusCode.OK)["x-amz-request-charged"]);
        (await origin.Stranger.GetAsync("/bucket-1/k")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Stranger.GetAsync("/bucket-1")).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        var paid = await origin.Stranger.GetAsync("/bucket-1/k", ("x-amz-request-payer", "requester"));
        Assert.Equal(("x", "requester"), (paid.Text, paid["x-amz-request-charged"]));
        (await origin.Anonymous.GetAsync("/bucket-1/k", ("x-amz-request-payer", "requester"))).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");

        await S3TestClient.NewBucketAsync(origin.Stranger, "bucket-2");
        (await origin.Stranger.SendAsync(HttpMethod.Put, "/bucket-2/copy", headers: [("x-amz-copy-source", "bucket-1/k")]))
            .ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Stranger.SendAsync(HttpMethod.Put, "/bucket-2/copy", headers: [("x-amz-copy-source", "bucket-1/k"), ("x-amz-request-payer", "requester")]))
            .ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Acceleration_is_kept()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        Assert.Null((await client.GetAsync("/bucket-1?accelerate")).Value("Status"));
        foreach (var status in new[] { "Suspended", "Enabled" })
        {
            (await client.PutAsync("/bucket-1?accelerate", $"<AccelerateConfiguration><Status>{status}</Status></AccelerateConfiguration>")).ShouldBe(HttpStatusCode.OK);
            Assert.Equal(status, (await client.GetAsync("/bucket-1?accelerate")).Value("Status"));
        }
    }
}
