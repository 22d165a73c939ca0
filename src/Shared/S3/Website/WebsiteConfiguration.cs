using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using EdgeCache.Shared.S3.Xml;

namespace EdgeCache.Shared.S3.Website;

/// <summary>
/// The document of <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html">PutBucketWebsite</see> and
/// <see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html">GetBucketWebsite</see>.
/// </summary>
public sealed record WebsiteConfiguration
{
    /// <summary>The most routing rules.</summary>
    public const int MaxRules = 50;

    /// <summary>The largest body, in bytes.</summary>
    public const int MaxBytes = 128 * 1024;

    private const string Root = "WebsiteConfiguration";

    /// <summary>What is appended to keys that are empty or end with a slash; null when all requests are redirected.</summary>
    public string? IndexSuffix { get; init; }

    /// <summary>The key of what is shown for errors; null for a page of the store's own.</summary>
    public string? ErrorKey { get; init; }

    /// <summary>Where all requests are redirected to; null when they are served.</summary>
    public WebsiteHost? RedirectAllTo { get; init; }

    /// <summary>Which requests are redirected; the first that fits counts.</summary>
    public ImmutableArray<RoutingRule> Rules { get; init; } = [];

    /// <summary>Writes the document.</summary>
    public byte[] Write() => S3XmlWriter.Document(Root, this, static (w, website) =>
    {
        if (website.RedirectAllTo is { } all)
        {
            w.Group("RedirectAllRequestsTo", all, static (w, host) =>
            {
                w.Text("HostName", host.Name);
                w.Text("Protocol", host.Protocol);
            });
        }

        if (website.IndexSuffix is { } suffix)
        {
            w.Group("IndexDocument", suffix, static (w, suffix) => w.Text("Suffix", suffix));
        }

        if (website.ErrorKey is { } key)
        {
            w.Group("ErrorDocument", key, static (w, key) => w.Text("Key", key));
        }

        if (!website.Rules.IsEmpty)
        {
            w.Group("RoutingRules", website.Rules, static (w, rules) =>
            {
                foreach (var rule in rules)
                {
                    w.Group("RoutingRule", rule, WriteRule);
                }
            });
        }
    });

    /// <summary>Reads the body: MalformedXML for another document, InvalidArgument or InvalidRequest for what no website can be.</summary>
    public static ValueTask<(WebsiteConfiguration? Value, S3Error? Error)> ReadAsync(Stream body, CancellationToken cancellationToken) =>
        S3XmlBody.ReadAsync(body, MaxBytes, Parse, cancellationToken);

    internal static (WebsiteConfiguration? Value, S3Error? Error) Parse(ReadOnlyMemory<byte> document)
    {
        var value = S3XmlCursor.Parse(document, Root, static cursor =>
        {
            var website = new WebsiteConfiguration();
            foreach (var child in cursor.Children())
            {
                website = child switch
                {
                    "IndexDocument" => website with { IndexSuffix = Only(cursor, "Suffix") },
                    "ErrorDocument" => website with { ErrorKey = Only(cursor, "Key") },
                    "RedirectAllRequestsTo" => website with { RedirectAllTo = ReadHost(cursor) },
                    "RoutingRules" => website with { Rules = ReadRules(cursor) },
                    _ => throw new XmlException("not of a website"),
                };
            }

            return website;
        });
        return value is null ? (null, S3XmlBody.Malformed) : Check(value) is { } wrong ? (null, wrong) : (value, null);
    }

    private static S3Error? Check(WebsiteConfiguration website)
    {
        if (website.RedirectAllTo is not null)
        {
            return website is { IndexSuffix: null, ErrorKey: null, Rules.IsEmpty: true } ? null : S3XmlBody.Malformed;
        }

        if (website.IndexSuffix is not { } suffix)
        {
            return Argument("A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty");
        }

        if (suffix.Length == 0 || suffix.Contains('/', StringComparison.Ordinal))
        {
            return Argument("The IndexDocument Suffix is not well formed");
        }

        if (website.ErrorKey is { Length: 0 })
        {
            return Argument("The ErrorDocument Key is not well formed");
        }

        foreach (var rule in website.Rules)
        {
            if (rule.RedirectCode is { } code && code is not (>= 301 and <= 303 or 305 or 307 or 308))
            {
                return new S3Error(S3ErrorCode.InvalidRequest, $"The provided HTTP redirect code ({code}) is not valid. Valid codes are 3XX except 300.");
            }

            if (rule.ErrorCode is { } error && error is not (>= 400 and <= 599))
            {
                return new S3Error(S3ErrorCode.InvalidRequest, $"The provided HTTP error code ({error}) is not valid. Valid codes are 4XX or 5XX.");
            }

            if (rule is { ReplaceKeyWith: not null, ReplaceKeyPrefixWith: not null })
            {
                return new S3Error(S3ErrorCode.InvalidRequest, "You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
            }
        }

        return null;
    }

    private static string Only(S3XmlCursor cursor, string name)
    {
        string? text = null;
        foreach (var child in cursor.Children())
        {
            text = child == name && text is null ? cursor.Text() : throw new XmlException("not of a website");
        }

        return text ?? throw new XmlException("nothing named");
    }

    private static WebsiteHost ReadHost(S3XmlCursor cursor)
    {
        string? name = null, protocol = null;
        foreach (var child in cursor.Children())
        {
            _ = child switch
            {
                "HostName" => name = WebsiteHost.CheckName(cursor.Text()),
                "Protocol" => protocol = WebsiteHost.CheckProtocol(cursor.Text()),
                _ => throw new XmlException("not of a host"),
            };
        }

        return new WebsiteHost(name ?? throw new XmlException("no host"), protocol);
    }

    private static ImmutableArray<RoutingRule> ReadRules(S3XmlCursor cursor)
    {
        var rules = ImmutableArray.CreateBuilder<RoutingRule>();
        foreach (var child in cursor.Children())
        {
            if (child != "RoutingRule" || rules.Count == MaxRules)
            {
                throw new XmlException("not a rule, or too many");
            }

            var rule = new RoutingRule();
            var redirects = false;
            foreach (var part in cursor.Children())
            {
                redirects |= part == "Redirect";
                rule = part is "Condition" or "Redirect" ? ReadPart(cursor, rule) : throw new XmlException("not of a rule");
            }

            rules.Add(redirects ? rule : throw new XmlException("no redirect"));
        }

        return rules.DrainToImmutable();
    }

    private static RoutingRule ReadPart(S3XmlCursor cursor, RoutingRule rule)
    {
        foreach (var child in cursor.Children())
        {
            var text = cursor.Text();
            rule = child switch
            {
                "KeyPrefixEquals" => rule with { KeyPrefix = text },
                "HttpErrorCodeReturnedEquals" => rule with { ErrorCode = Code(text) },
                "HostName" => rule with { HostName = WebsiteHost.CheckName(text) },
                "HttpRedirectCode" => rule with { RedirectCode = Code(text) },
                "Protocol" => rule with { Protocol = WebsiteHost.CheckProtocol(text) },
                "ReplaceKeyPrefixWith" => rule with { ReplaceKeyPrefixWith = text },
                "ReplaceKeyWith" => rule with { ReplaceKeyWith = text },
                _ => throw new XmlException("not of a rule"),
            };
        }

        return rule;
    }

    private static int Code(string text) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : throw new XmlException("not a code");

    private static void WriteRule(XmlWriter w, RoutingRule rule)
    {
        if (rule.KeyPrefix is not null || rule.ErrorCode is not null)
        {
            w.Group("Condition", rule, static (w, rule) =>
            {
                w.Text("KeyPrefixEquals", rule.KeyPrefix);
                w.Number("HttpErrorCodeReturnedEquals", rule.ErrorCode);
            });
        }

        w.Group("Redirect", rule, static (w, rule) =>
        {
            w.Text("HostName", rule.HostName);
            w.Number("HttpRedirectCode", rule.RedirectCode);
            w.Text("Protocol", rule.Protocol);
            w.Text("ReplaceKeyPrefixWith", rule.ReplaceKeyPrefixWith);
            w.Text("ReplaceKeyWith", rule.ReplaceKeyWith);
        });
    }

    private static S3Error Argument(string message) => new(S3ErrorCode.InvalidArgument, message);
}
