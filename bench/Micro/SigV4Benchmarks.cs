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
        _request.Sign(_key);
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
}
