using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Micro;

/// <summary>Authentication of a ranged GET as boto3 signs it, and the decoding of an upload in chunks of 64 KiB.</summary>
[MemoryDiagnoser]
public class SigV4Benchmarks
{
    private const int BodyLength = 8 << 20;
    private const int ChunkLength = 64 << 10;

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RangedGet _request = new();
    private readonly byte[] _buffer = new byte[ChunkLength];
    private SigV4Claim _claim = null!;
    private SigV4Claim _chunkedClaim = null!;
    private SigningKey _key = null!;
    private byte[] _signedBody = [];
    private byte[] _unsignedBody = [];

    [GlobalSetup]
    public void Setup()
    {
        var scope = new SigV4Scope("20260101", "us-east-1", "s3");
        _key = SigningKey.Derive("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope);
        SigV4Parser.TryParse(_request, out var unproven);
        Span<byte> signature = stackalloc byte[ChunkSigner.SignatureLength];
        CanonicalRequest.Sign(_request, unproven!, _key, PathRule.S3, signature);
        _request.SetSignature(System.Text.Encoding.ASCII.GetString(signature));
        SigV4Parser.TryParse(_request, out var claim);
        _claim = claim!;
        _chunkedClaim = new SigV4Claim
        {
            AccessKeyId = "AKIDEXAMPLE",
            Scope = scope,
            SignedAt = Now,
            SignedHeaders = ["host"],
            Signature = _claim.Signature,
            PayloadKind = PayloadKind.StreamingSigned,
            PayloadHash = PayloadHash.StreamingSigned,
        };
        _signedBody = Encode(new ChunkSigner(_key, _chunkedClaim));
        _unsignedBody = Encode(signer: null);
        if (ParseAndVerify() is not null)
        {
            throw new InvalidOperationException("The benchmark's own request does not verify.");
        }
    }

    [Benchmark]
    public object? ParseAndVerify()
    {
        SigV4Parser.TryParse(_request, out var claim);
        return SigV4Verifier.Verify(_request, claim!, _key, Now);
    }

    [Benchmark]
    public object? Verify() => SigV4Verifier.Verify(_request, _claim, _key, Now);

    [Benchmark]
    public Task<long> DecodeSignedChunks() => DrainAsync(new AwsChunkedStream(new MemoryStream(_signedBody), _chunkedClaim, _key, BodyLength));

    [Benchmark]
    public Task<long> DecodeUnsignedChunks() => DrainAsync(new AwsChunkedStream(new MemoryStream(_unsignedBody), claim: null, key: null, BodyLength));

    /// <summary>The floor of the signed decoding: the hash alone.</summary>
    [Benchmark]
    public byte[] Sha256OfTheSameBytes() => SHA256.HashData(_signedBody);

    private async Task<long> DrainAsync(Stream stream)
    {
        await using (stream)
        {
            long total = 0;
            while (await stream.ReadAsync(_buffer) is var read && read > 0)
            {
                total += read;
            }

            return total;
        }
    }

    private static byte[] Encode(ChunkSigner? signer)
    {
        var chunk = new byte[ChunkLength];
        using var body = new MemoryStream();
        for (var i = 0; i < BodyLength / ChunkLength; i++)
        {
            WriteHeader(body, chunk, signer);
            body.Write(chunk);
            body.Write("\r\n"u8);
        }

        WriteHeader(body, default, signer);
        body.Write("\r\n"u8);
        return body.ToArray();
    }

    private static void WriteHeader(MemoryStream body, ReadOnlySpan<byte> chunk, ChunkSigner? signer)
    {
        body.Write(chunk.IsEmpty ? "0"u8 : "10000"u8);
        if (signer is not null)
        {
            Span<byte> signature = stackalloc byte[ChunkSigner.SignatureLength];
            signer.SignChunk(SHA256.HashData(chunk), signature);
            body.Write(";chunk-signature="u8);
            body.Write(signature);
        }

        body.Write("\r\n"u8);
    }

    private sealed class RangedGet : ISignedRequest
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

        public bool TryGetHeader(string lowerCaseName, out string value) => _headers.TryGetValue(lowerCaseName, out value!);

        public void SetSignature(string signature) => _headers["authorization"] =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/s3/aws4_request, " +
            $"SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature={signature}";
    }
}
