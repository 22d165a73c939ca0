using EdgeCache.Shared.SigV4;

namespace EdgeCache.Micro;

/// <summary>A ranged GET as boto3 signs it.</summary>
internal sealed class RangedGet : ISignedRequest
{
    private readonly Dictionary<string, string> _headers = new()
    {
        ["host"] = "accel-object.example.com",
        ["range"] = "bytes=8388608-16777215",
        ["x-amz-content-sha256"] = PayloadHash.Empty,
        ["x-amz-date"] = "20260101T000000Z",
        ["user-agent"] = "Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13",
        ["accept-encoding"] = "identity",
        ["amz-sdk-invocation-id"] = "4a1d2f3b-0000-4000-8000-000000000000",
        ["amz-sdk-request"] = "attempt=1",
    };

    public RangedGet() => SetSignature("0");

    public string Method => "GET";

    public string RawPath => "/models/llama/model-00001-of-00008.safetensors";

    public string RawQuery => "";

    public IEnumerable<string> HeaderNames => _headers.Keys;

    // As the edge has them: found while the headers are walked anyway.
    public IReadOnlyList<string> AmzHeaderNames { get; } = ["x-amz-content-sha256", "x-amz-date"];

    public bool TryGetHeader(string lowerCaseName, out string value) => _headers.TryGetValue(lowerCaseName, out value!);

    /// <summary>Signs the request for the day of its date.</summary>
    public void Sign(SigningKey key)
    {
        SigV4Parser.TryParse(this, out var unproven);
        Span<byte> signature = stackalloc byte[ChunkSigner.SignatureLength];
        CanonicalRequest.Sign(this, unproven!, key, PathRule.S3, signature);
        SetSignature(System.Text.Encoding.ASCII.GetString(signature));
    }

    private void SetSignature(string signature) => _headers["authorization"] =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/s3/aws4_request, " +
            $"SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature={signature}";
}
