using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace EdgeCache.Origin.Tests.Operations;

public sealed class QuotaTests
{
    [Fact]
    public async Task What_goes_over_the_quota_is_refused_and_a_deletion_frees_at_once()
    {
        await using var origin = await TestOrigin.StartAsync();
        var client = origin.Client;
        await S3TestClient.NewBucketAsync(client);
        await SetQuotaAsync(origin, 100);

        (await client.PutAsync("/bucket-1/a", new byte[60])).ShouldBe(HttpStatusCode.OK);
        (await client.PutAsync("/bucket-1/b", new byte[41])).ShouldFail(HttpStatusCode.Forbidden, "QuotaExceeded");
        (await client.PutAsync("/bucket-1/b", "", ("x-amz-copy-source", "/bucket-1/a"))).ShouldFail(HttpStatusCode.Forbidden, "QuotaExceeded");
        (await client.PutAsync("/bucket-1/a", new byte[60])).ShouldBe(HttpStatusCode.OK);

        var upload = (await client.PostAsync("/bucket-1/c?uploads", "")).Value("UploadId");
        var part = await client.PutAsync($"/bucket-1/c?partNumber=1&uploadId={upload}", new byte[40]);
        (await client.PutAsync($"/bucket-1/c?partNumber=2&uploadId={upload}", new byte[1])).ShouldFail(HttpStatusCode.Forbidden, "QuotaExceeded");
        var document = $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{part["ETag"]}</ETag></Part></CompleteMultipartUpload>";
        (await client.PostAsync($"/bucket-1/c?uploadId={upload}", document)).ShouldBe(HttpStatusCode.OK);

        await client.DeleteAsync("/bucket-1/a");
        (await client.PutAsync("/bucket-1/b", new byte[60])).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task SetQuotaAsync(TestOrigin origin, long bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(origin.Server.ControlPlaneEndpoint!, "/v1/operator/organizations/main/quotas"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestOrigin.OperatorToken);
        request.Content = JsonContent.Create(new Dictionary<string, object> { ["regions"] = new Dictionary<string, long> { ["ORD1"] = bytes } });
        using var response = await origin.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
