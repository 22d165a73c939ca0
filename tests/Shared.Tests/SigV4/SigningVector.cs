using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Shared.Tests.SigV4;

/// <summary>One case of AWS's signing test suite: a folder with a request, its settings, and the expected intermediate results in both forms.</summary>
internal sealed class SigningVector
{
    private readonly string _directory;
    private readonly JsonElement _context;

    public SigningVector(string directory)
    {
        _directory = directory;
        _context = JsonDocument.Parse(Read("context.json")).RootElement;
    }

    /// <summary>Where the suite is: <c>EDGECACHE_VECTORS</c>, or <c>shared/vectors/sigv4</c> beside a directory above the tests; null when there is none.</summary>
    public static string? FindSuite()
    {
        if (Environment.GetEnvironmentVariable("EDGECACHE_VECTORS") is { Length: > 0 } configured)
        {
            return Directory.Exists(configured) ? configured : null;
        }

        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "shared", "vectors", "sigv4");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>How this case treats paths.</summary>
    public PathRule PathRule => _context.GetProperty("normalize").GetBoolean() ? PathRule.NormalizeAndEncode : PathRule.Encode;

    public SigningKey Key => SigningKey.Derive(_context.GetProperty("credentials").GetProperty("secret_access_key").GetString()!, Scope);

    private DateTimeOffset Time => _context.GetProperty("timestamp").GetDateTimeOffset();

    private SigV4Scope Scope => new(
        SigV4Time.Format(Time)[..8], _context.GetProperty("region").GetString()!, _context.GetProperty("service").GetString()!);

    /// <summary>An expected result, such as <c>header-canonical-request.txt</c>.</summary>
    public string Read(string file) => File.ReadAllText(Path.Combine(_directory, file)).TrimEnd('\n');

    /// <summary>The signed request of a form, <c>header</c> or <c>query</c>, with the claim that it makes.</summary>
    public (TestRequest Request, SigV4Claim Claim) Signed(string form)
    {
        var (request, body) = Parse(File.ReadAllText(Path.Combine(_directory, $"{form}-signed-request.txt")));
        if (_context.TryGetProperty("omit_session_token", out var omit) && omit.GetBoolean())
        {
            request.RawQuery = string.Join('&', request.RawQuery.Split('&').Where(p => !p.StartsWith("X-Amz-Security-Token", StringComparison.Ordinal)));
        }

        // The line before the payload hash lists the signed headers.
        var signedHeaders = Read($"{form}-canonical-request.txt").Split('\n')[^2];
        var payloadHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        return (request, new SigV4Claim
        {
            AccessKeyId = _context.GetProperty("credentials").GetProperty("access_key_id").GetString()!,
            Scope = Scope,
            SignedAt = Time,
            SignedHeaders = signedHeaders.Split(';'),
            Signature = Read($"{form}-signature.txt"),
            PayloadKind = PayloadKind.Hash,
            PayloadHash = payloadHash,
        });
    }

    private static (TestRequest Request, string Body) Parse(string text)
    {
        var parts = text.Split("\n\n", 2);
        var lines = parts[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var target = lines[0][(lines[0].IndexOf(' ', StringComparison.Ordinal) + 1)..lines[0].LastIndexOf(' ')].Split('?', 2);
        var request = new TestRequest
        {
            Method = lines[0].Split(' ')[0],
            RawPath = target[0],
            RawQuery = target.Length > 1 ? target[1] : string.Empty,
        };
        var unfolded = string.Join('\n', lines.Skip(1)).Replace("\n ", " ", StringComparison.Ordinal);
        foreach (var line in unfolded.Split('\n'))
        {
            var header = line.Split(':', 2);
            request.With(header[0], header[1].Trim());
        }

        return (request, parts.Length > 1 ? parts[1].TrimEnd('\n') : string.Empty);
    }
}
