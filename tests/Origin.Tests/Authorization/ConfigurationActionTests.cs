using System.Net;

namespace EdgeCache.Origin.Tests.Authorization;

/// <summary>Each operation on a bucket's configurations needs exactly its action: allowed when only that is granted, refused when only that is not.</summary>
public sealed class ConfigurationActionTests
{
    private const string Cors = "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>";

    private const string Lifecycle =
        "<LifecycleConfiguration><Rule><Filter/><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule></LifecycleConfiguration>";

    private const string Website = "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>";

    public static TheoryData<string, string, string, string> Operations => new()
    {
        { "PUT", "?cors", Cors, "s3:PutBucketCORS" },
        { "GET", "?cors", "", "s3:GetBucketCORS" },
        { "DELETE", "?cors", "", "s3:PutBucketCORS" },
        { "PUT", "?lifecycle", Lifecycle, "s3:PutLifecycleConfiguration" },
        { "GET", "?lifecycle", "", "s3:GetLifecycleConfiguration" },
        { "DELETE", "?lifecycle", "", "s3:PutLifecycleConfiguration" },
        { "PUT", "?website", Website, "s3:PutBucketWebsite" },
        { "GET", "?website", "", "s3:GetBucketWebsite" },
        { "DELETE", "?website", "", "s3:DeleteBucketWebsite" },
        { "PUT", "?requestPayment", "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>", "s3:PutBucketRequestPayment" },
        { "GET", "?requestPayment", "", "s3:GetBucketRequestPayment" },
        { "PUT", "?accelerate", "<AccelerateConfiguration><Status>Suspended</Status></AccelerateConfiguration>", "s3:PutAccelerateConfiguration" },
        { "GET", "?accelerate", "", "s3:GetAccelerateConfiguration" },
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task An_operation_needs_its_action(string method, string query, string body, string action)
    {
        await using var origin = await TestOrigin.StartAsync();
        await S3TestClient.NewBucketAsync(origin.Client);
        if (method == "GET" && Operations.FirstOrDefault(row => row.Data.Item1 == "PUT" && row.Data.Item2 == query)?.Data.Item3 is { } configured)
        {
            (await origin.Client.PutAsync("/bucket-1" + query, configured)).ShouldBe(HttpStatusCode.OK);
        }

        await AllowAsync("s3:*", except: action);
        (await SendAsync()).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");
        (await origin.Anonymous.SendAsync(new HttpMethod(method), "/bucket-1" + query, Body())).ShouldFail(HttpStatusCode.Forbidden, "AccessDenied");

        await AllowAsync(action, except: null);
        Assert.InRange((int)(await SendAsync()).Status, 200, 204);

        Task<S3Answer> SendAsync() => origin.Stranger.SendAsync(new HttpMethod(method), "/bucket-1" + query, Body());

        byte[]? Body() => body.Length == 0 ? null : System.Text.Encoding.UTF8.GetBytes(body);

        async Task AllowAsync(string allowed, string? except)
        {
            var deny = except is null ? "" : $$""",{"Effect":"Deny","Principal":{"AWS":"other"},"Action":"{{except}}","Resource":"arn:aws:s3:::bucket-1"}""";
            var policy = $$"""
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"other"},"Action":"{{allowed}}","Resource":"arn:aws:s3:::bucket-1"}{{deny}}]}
                """;
            (await origin.Client.PutAsync("/bucket-1?policy", policy)).ShouldBe(HttpStatusCode.NoContent);
        }
    }
}
