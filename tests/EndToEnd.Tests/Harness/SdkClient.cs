using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace EdgeCache.EndToEnd.Tests.Harness;

/// <summary>AWSSDK.S3 clients for a deployment.</summary>
internal static class SdkClient
{
    public static AmazonS3Client Create(Bootstrap bootstrap, string? endpoint = null) =>
        Create(bootstrap.AccessKeyId, bootstrap.SecretKey, endpoint ?? bootstrap.AcceleratedEndpoint);

    public static AmazonS3Client Create(string accessKeyId, string secretKey, string endpoint, int retries = 0) =>
        new(new BasicAWSCredentials(accessKeyId, secretKey), Configuration(endpoint, retries));

    public static AmazonS3Config Configuration(string endpoint, int retries = 0) => new()
    {
        ServiceURL = endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1", UseHttp = true, MaxErrorRetry = retries,
        Timeout = TimeSpan.FromMinutes(2),
    };

    public static async Task<byte[]> ReadAsync(GetObjectResponse response, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await response.ResponseStream.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }
}
