using System.Collections.Immutable;
using System.Globalization;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Shared.S3.Cors;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html">PutBucketCors</see> and
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html">GetBucketCors</see>.
/// </summary>
/// <param name="Rules">1 to <see cref="MaxRules"/> rules; the first that fits a request counts.</param>
public sealed record CorsConfiguration(ImmutableArray<CorsRule> Rules)
{
    /// <summary>The most rules.</summary>
    public const int MaxRules = 100;

    /// <summary>The largest body, in bytes.</summary>
    public const int MaxBytes = S3XmlBody.DefaultMaxBytes;

    private const string Root = "CORSConfiguration";
    private const int MaxIdLength = 255;

    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document(Root, this, static (w, configuration) =>
    {
        foreach (var rule in configuration.Rules)
        {
            w.Group("CORSRule", rule, static (w, rule) =>
            {
                w.Text("ID", rule.Id);
                WriteAll("AllowedMethod", rule.AllowedMethods);
                WriteAll("AllowedOrigin", rule.AllowedOrigins);
                WriteAll("AllowedHeader", rule.AllowedHeaders);
                w.Number("MaxAgeSeconds", rule.MaxAgeSeconds);
                WriteAll("ExposeHeader", rule.ExposeHeaders);

                void WriteAll(string name, ImmutableArray<string> values)
                {
                    foreach (var value in values)
                    {
                        w.Text(name, value);
                    }
                }
            });
        }
    });

    /// <summary>Reads the body: MalformedXML for another document, InvalidRequest for what no rule can have.</summary>
    public static ValueTask<(CorsConfiguration? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, MaxBytes, Parse, cancellationToken);

    internal static (CorsConfiguration? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        var value = S3XmlCursor.Parse(document, Root, static cursor =>
        {
            var rules = ImmutableArray.CreateBuilder<CorsRule>();
            foreach (var child in cursor.Children())
            {
                if (child != "CORSRule" || rules.Count == MaxRules || ReadRule(cursor) is not { } rule)
                {
                    return null;
                }

                rules.Add(rule);
            }

            return rules.Count == 0 ? null : new CorsConfiguration(rules.DrainToImmutable());
        });
        return value is null ? (null, S3XmlBody.Malformed) : Check(value) is { } wrong ? (null, wrong) : (value, null);
    }

    private static CorsRule? ReadRule(S3XmlCursor cursor)
    {
        var rule = new CorsRule();
        foreach (var child in cursor.Children())
        {
            var text = cursor.Text().Trim();
            switch (child)
            {
                case "ID":
                    rule = rule with { Id = text };
                    break;
                case "AllowedOrigin":
                    rule = rule with { AllowedOrigins = rule.AllowedOrigins.Add(text) };
                    break;
                case "AllowedMethod":
                    rule = rule with { AllowedMethods = rule.AllowedMethods.Add(text) };
                    break;
                case "AllowedHeader":
                    rule = rule with { AllowedHeaders = rule.AllowedHeaders.Add(text) };
                    break;
                case "ExposeHeader":
                    rule = rule with { ExposeHeaders = rule.ExposeHeaders.Add(text) };
                    break;
                case "MaxAgeSeconds" when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds):
                    rule = rule with { MaxAgeSeconds = seconds };
                    break;
                default:
                    return null;
            }
        }

        return rule.AllowedOrigins.IsEmpty || rule.AllowedMethods.IsEmpty || rule.Id is { Length: > MaxIdLength } ? null : rule;
    }

    private static S3Error? Check(CorsConfiguration configuration)
    {
        foreach (var rule in configuration.Rules)
        {
            if (rule.AllowedMethods.FirstOrDefault(static m => m is not ("GET" or "PUT" or "POST" or "DELETE" or "HEAD")) is { } method)
            {
                return Invalid($"Found unsupported HTTP method in CORS config. Unsupported method is {method}");
            }

            if (rule.AllowedOrigins.FirstOrDefault(HasSeveralStars) is { } origin)
            {
                return Invalid($"AllowedOrigin \"{origin}\" can not have more than one wildcard.");
            }

            if (rule.AllowedHeaders.FirstOrDefault(HasSeveralStars) is { } header)
            {
                return Invalid($"AllowedHeader \"{header}\" can not have more than one wildcard.");
            }

            if (rule.ExposeHeaders.FirstOrDefault(static h => h.Contains('*', StringComparison.Ordinal)) is { } exposed)
            {
                return Invalid($"ExposeHeader \"{exposed}\" contains wildcard. We currently do not support wildcard for ExposeHeader.");
            }

            // They become header values of answers.
            if (rule.AllowedOrigins.Concat(rule.ExposeHeaders).Any(static v => v.Any(char.IsControl)))
            {
                return S3XmlBody.Malformed;
            }
        }

        return null;
    }

    private static bool HasSeveralStars(string pattern) => pattern.AsSpan().Count('*') > 1;

    private static S3Error Invalid(string message) => new(S3ErrorCode.InvalidRequest, message);
}
