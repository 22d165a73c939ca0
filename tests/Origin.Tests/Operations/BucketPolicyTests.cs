using System.Net;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class BucketPolicyTests
{
    private const string PublicRead =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-1/*"}]}""";

    [Fact]
    public async Task A_policy_is_put_read_and_deleted()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        (await client.GetAsync("/bucket-1?policy")).ShouldFail(HttpStatusCode.NotFound, "NoSuchBucketPolicy");
        Assert.Equal("false", (await client.GetAsync("/bucket-1?policyStatus")).Value("IsPublic"));

        (await client.PutAsync("/bucket-1?policy", PublicRead)).ShouldBe(HttpStatusCode.NoContent);

        var read = await client.GetAsync("/bucket-1?policy");
        Assert.Equal((PublicRead, "application/json"), (read.Text, read["Content-Type"]));
        Assert.Equal("true", (await client.GetAsync("/bucket-1?policyStatus")).Value("IsPublic"));
        await origin.RestartAsync();
        Assert.Equal(PublicRead, (await origin.Client.GetAsync("/bucket-1?policy")).Text);
        Assert.Equal(HttpStatusCode.NoContent, (await origin.Client.DeleteAsync("/bucket-1?policy")).Status);
        (await origin.Client.GetAsync("/bucket-1?policy")).ShouldFail(HttpStatusCode.NotFound, "NoSuchBucketPolicy");
    }

    [Theory]
    [InlineData("", "MissingRequestBodyError")]
    [InlineData("nonsense", "MalformedPolicy")]
    [InlineData("[]", "MalformedPolicy")]
    public async Task What_is_no_policy_is_refused(string body, string code)
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);

        (await origin.Client.PutAsync("/bucket-1?policy", body)).ShouldFail(HttpStatusCode.BadRequest, code);

        (await origin.Client.GetAsync("/bucket-1?policy")).ShouldFail(HttpStatusCode.NotFound, "NoSuchBucketPolicy");
    }

    [Fact]
    public async Task A_policy_can_be_20_KiB_long()
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        var filling = new string(' ', (20 * 1024) - PublicRead.Length);

        (await origin.Client.PutAsync("/bucket-1?policy", PublicRead + filling + " ")).ShouldFail(HttpStatusCode.BadRequest, "MalformedPolicy");
        (await origin.Client.PutAsync("/bucket-1?policy", PublicRead + filling)).ShouldBe(HttpStatusCode.NoContent);
    }
}
