using System.Globalization;

namespace EdgeCache.Shared.S3.Cors;

/// <summary>
/// What S3 tells a browser of a bucket's CORS configuration
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html">using cross-origin resource sharing</see>).
/// </summary>
public static class CorsAnswer
{
    /// <summary>The request header that names the page's origin.</summary>
    public const string OriginHeader = "Origin";

    /// <summary>The request header that names the method that a page wants to use.</summary>
    public const string MethodHeader = "Access-Control-Request-Method";

    /// <summary>The request header that names the headers that a page wants to send.</summary>
    public const string HeadersHeader = "Access-Control-Request-Headers";

    private const string Vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

    /// <summary>The refusal of an <c>OPTIONS</c> request that asks nothing; null when it does ask.</summary>
    /// <param name="origin">The <see cref="OriginHeader"/>.</param>
    /// <param name="method">The <see cref="MethodHeader"/>.</param>
    public static S3Error? Examine(string? origin, string? method) =>
        string.IsNullOrEmpty(origin) ? new S3Error(S3ErrorCode.BadRequest, "Insufficient information. Origin request header needed.")
        : string.IsNullOrEmpty(method) ? new S3Error(S3ErrorCode.BadRequest, "Invalid Access-Control-Request-Method: null")
        : null;

    /// <summary>Answers a preflight: sets the headers of a 200, or returns AccessForbidden.</summary>
    /// <param name="configuration">The bucket's configuration; null when there is none.</param>
    /// <param name="origin">The <see cref="OriginHeader"/>.</param>
    /// <param name="method">The <see cref="MethodHeader"/>.</param>
    /// <param name="headers">The <see cref="HeadersHeader"/>; null when there is none.</param>
    /// <param name="isObject">Whether the request names a key.</param>
    /// <param name="set">Sets a response header.</param>
    public static S3Error? Preflight(
        CorsConfiguration? configuration, string origin, string method, string? headers, bool isObject, Action<string, string> set)
    {
        string[] wanted = headers is null ? [] : headers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (Find(configuration, origin, method, wanted) is not var (rule, allowed))
        {
            var message = configuration is null
                ? "CORSResponse: CORS is not enabled for this bucket."
                : "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / " +
                  "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.";
            return new S3Error(S3ErrorCode.AccessForbidden, message, [new("Method", method), new("ResourceType", isObject ? "OBJECT" : "BUCKET")]);
        }

        Write(rule, origin, allowed, set);
        if (wanted.Length > 0)
        {
            set("Access-Control-Allow-Headers", string.Join(", ", wanted.Select(static h => h.ToLowerInvariant())));
        }

        return null;
    }

    /// <summary>Sets the headers of the answer, whatever it is, to a request across origins; none when no rule allows it.</summary>
    /// <param name="configuration">The bucket's configuration; null when there is none.</param>
    /// <param name="origin">The <see cref="OriginHeader"/>.</param>
    /// <param name="method">The <see cref="MethodHeader"/> or, without one, the request's method.</param>
    /// <param name="set">Sets a response header.</param>
    public static void Describe(CorsConfiguration? configuration, string origin, string method, Action<string, string> set)
    {
        if (Find(configuration, origin, method, []) is var (rule, allowed))
        {
            Write(rule, origin, allowed, set);
        }
    }

    private static (CorsRule Rule, string Origin)? Find(CorsConfiguration? configuration, string origin, string method, string[] headers)
    {
        foreach (var rule in configuration?.Rules ?? [])
        {
            if (rule.AllowedMethods.Contains(method) && rule.FindOrigin(origin) is { } allowed && headers.All(rule.AllowsHeader))
            {
                return (rule, allowed);
            }
        }

        return null;
    }

    private static void Write(CorsRule rule, string origin, string allowed, Action<string, string> set)
    {
        var isAnyone = allowed == "*";
        set("Access-Control-Allow-Origin", isAnyone ? "*" : origin);
        set("Access-Control-Allow-Methods", string.Join(", ", rule.AllowedMethods));
        if (!rule.ExposeHeaders.IsEmpty)
        {
            set("Access-Control-Expose-Headers", string.Join(", ", rule.ExposeHeaders));
        }

        if (rule.MaxAgeSeconds is { } seconds)
        {
            set("Access-Control-Max-Age", seconds.ToString(CultureInfo.InvariantCulture));
        }

        // A wildcard speaks of anyone, and so of nobody's credentials (Fetch standard, 3.3.5).
        if (!isAnyone)
        {
            set("Access-Control-Allow-Credentials", "true");
        }

        set("Vary", Vary);
    }
}
