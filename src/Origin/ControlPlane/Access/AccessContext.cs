using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;

namespace EdgeCache.Origin.ControlPlane.Access;

/// <summary>
/// The circumstances of an imagined request, from values of condition keys to what the evaluator reads of a real one: headers, query, address,
/// time. So conditions are decided by the same code as those of real requests.
/// </summary>
internal sealed class AccessContext : ISignedRequest
{
    private const string ExistingTag = "s3:ExistingObjectTag/";
    private const string RequestTag = "s3:RequestObjectTag/";
    private const string HeaderPrefix = "s3:x-amz-";

    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _query = [];

    private AccessContext()
    {
    }

    /// <summary>What the conditions are decided on.</summary>
    public RequestConditions Conditions { get; private set; } = null!;

    /// <summary>The tags that the object is to have; null for those that it has.</summary>
    public ImmutableSortedDictionary<string, string>? ExistingTags { get; private set; }

    /// <summary>The version that the request names; null for the current one.</summary>
    public string? VersionId { get; private set; }

    public string Method => HttpMethods.Get;

    public string RawPath => "/";

    public string RawQuery => string.Join('&', _query);

    public IEnumerable<string> HeaderNames => _headers.Keys;

    /// <exception cref="ApiException">400 for a condition key that can't be set, or a value that it can't have.</exception>
    public static AccessContext Parse(IReadOnlyDictionary<string, string>? values, DateTimeOffset now)
    {
        var context = new AccessContext();
        var (address, isSecure, requestTags) = ((IPAddress?)null, false, ImmutableSortedDictionary<string, string>.Empty);
        foreach (var (key, value) in values ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            switch (key.ToLowerInvariant())
            {
                case "aws:sourceip":
                    address = IPAddress.TryParse(value, out var parsed) ? parsed : throw Bad(key, "an IP address");
                    break;
                case "aws:securetransport":
                    isSecure = bool.TryParse(value, out var secure) ? secure : throw Bad(key, "true or false");
                    break;
                case "aws:currenttime":
                    now = DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : throw Bad(key, "an ISO 8601 time");
                    break;
                case "aws:epochtime":
                    now = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                        ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                        : throw Bad(key, "a number of seconds");
                    break;
                case "aws:useragent":
                    context._headers["user-agent"] = value;
                    break;
                case "aws:referer":
                    context._headers["referer"] = value;
                    break;
                case "s3:prefix" or "s3:delimiter" or "s3:max-keys":
                    context.AddQuery(key[3..].ToLowerInvariant(), value);
                    break;
                case "s3:versionid":
                    context.VersionId = value;
                    context.AddQuery("versionId", value);
                    break;
                default:
                    if (key.StartsWith(ExistingTag, StringComparison.OrdinalIgnoreCase))
                    {
                        context.ExistingTags = (context.ExistingTags ?? ObjectTags.None).SetItem(key[ExistingTag.Length..], value);
                    }
                    else if (key.StartsWith(RequestTag, StringComparison.OrdinalIgnoreCase))
                    {
                        requestTags = requestTags.SetItem(key[RequestTag.Length..], value);
                    }
                    else if (key.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
                    {
                        context._headers[key[3..].ToLowerInvariant()] = value;
                    }
                    else
                    {
                        throw ApiException.Invalid($"'{key}' is not a condition key that 'context' can set.");
                    }

                    break;
            }
        }

        context.Conditions = new RequestConditions
        {
            Now = now,
            Request = context,
            Query = S3Query.TryParse(context.RawQuery, out var query) ? query : S3Query.Empty,
            ClientAddress = address,
            IsSecure = isSecure,
            RequestTags = requestTags.IsEmpty ? null : requestTags,
        };
        return context;
    }

    public bool TryGetHeader(string lowerCaseName, out string value)
    {
        var isPresent = _headers.TryGetValue(lowerCaseName, out var found);
        value = found ?? string.Empty;
        return isPresent;
    }

    private void AddQuery(string name, string value) => _query.Add($"{name}={Uri.EscapeDataString(value)}");

    private static ApiException Bad(string key, string expected) => ApiException.Invalid($"'{key}' must be {expected}.");
}
