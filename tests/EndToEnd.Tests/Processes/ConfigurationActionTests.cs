using System.Net;
using System.Text;
using EdgeCache.EndToEnd.Tests.Harness;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.EndToEnd.Tests.Processes;

/// <summary>Through the edge as at the origin: each operation on a bucket's configurations needs exactly its action.</summary>
public sealed class ConfigurationActionTests
{
    private const string Cors = "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>";
    private const string Lifecycle = "<LifecycleConfiguration><Rule><Filter/><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule></LifecycleConfiguration>";
    private const string Website = "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>";
    private const string Payment = "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>";
    private const string Acceleration = "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>";

    private static readonly (string Method, string Query, string Body, string Action)[] s_operations =
    [
        ("PUT", "cors", Cors, "s3:PutBucketCORS"),
        ("GET", "cors", "", "s3:GetBucketCORS"),
        ("DELETE", "cors", "", "s3:PutBucketCORS"),
        ("PUT", "lifecycle", Lifecycle, "s3:PutLifecycleConfiguration"),
        ("GET", "lifecycle", "", "s3:GetLifecycleConfiguration"),
        ("DELETE", "lifecycle", "", "s3:PutLifecycleConfiguration"),
        ("PUT", "website", Website, "s3:PutBucketWebsite"),
        ("GET", "website", "", "s3:GetBucketWebsite"),
        ("DELETE", "website", "", "s3:DeleteBucketWebsite"),
        ("PUT", "requestPayment", Payment, "s3:PutBucketRequestPayment"),
        ("GET", "requestPayment", "", "s3:GetBucketRequestPayment"),
        ("PUT", "accelerate", Acceleration, "s3:PutAccelerateConfiguration"),
        ("GET", "accelerate", "", "s3:GetAccelerateConfiguration"),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operation_needs_its_action()
    {
        await using var deployment = await ProcessDeployment.StartAsync(Cancellation);
        deployment.Origin.Set("Bootstrap:Organizations:0:Id", "other");
        deployment.Origin.Set("Bootstrap:Organizations:0:AccessKeyId", "CWOTHEROTHER0001");
        deployment.Origin.Set("Bootstrap:Organizations:0:SecretKey", "cwootherotherother");
        await deployment.Origin.KillAsync();
        await deployment.Origin.RestartAsync(Cancellation);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var owner = new SigV4Signer(ProcessDeployment.AccessKeyId, ProcessDeployment.SecretKey, "ORD1", TimeProvider.System);
        var other = new SigV4Signer("CWOTHEROTHER0001", "cwootherotherother", "ORD1", TimeProvider.System);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(owner, "PUT", string.Empty, string.Empty));

        foreach (var (method, query, body, action) in s_operations)
        {
            await GrantAsync("s3:*", $$""",{"Effect":"Deny","Principal":{"AWS":"other"},"Action":"{{action}}","Resource":"arn:aws:s3:::configured"}""");
            Assert.True(await SendAsync(other, method, query, body) == HttpStatusCode.Forbidden, $"{method} ?{query} was not refused");
            await GrantAsync(action, string.Empty);
            var status = await SendAsync(other, method, query, body);
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NoContent, $"{method} ?{query}: {status}");
        }

        async Task GrantAsync(string action, string deny)
        {
            var policy = $$"""
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"other"},"Action":"{{action}}","Resource":"arn:aws:s3:::configured"}{{deny}}]}
                """;
            Assert.Equal(HttpStatusCode.NoContent, await SendAsync(owner, "PUT", "policy", policy));
        }

        async Task<HttpStatusCode> SendAsync(SigV4Signer signer, string method, string query, string body)
        {
            using var request = new HttpRequestMessage(
                new HttpMethod(method), new Uri($"{deployment.Edge.Endpoints.S3.TrimEnd('/')}/configured{(query.Length > 0 ? "?" + query : "")}"));
            if (body.Length > 0)
            {
                request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            }

            signer.Sign(request);
            using var response = await http.SendAsync(request, Cancellation);
            return response.StatusCode;
        }
    }
}
