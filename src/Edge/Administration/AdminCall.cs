using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeCache.Edge.Caching;

namespace EdgeCache.Edge.Administration;

/// <summary>One authenticated request of the admin API while it is handled.</summary>
/// <param name="http">The request.</param>
/// <param name="by">The name of the token that it carries.</param>
internal sealed class AdminCall(HttpContext http, string by)
{
    /// <summary>The most entries of a page.</summary>
    public const int MaxPage = 1000;

    public HttpContext Http => http;

    /// <summary>Who asks: the name of a token.</summary>
    public string By => by;

    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>The bucket that it concerns, which says whose audit log it belongs to; null until it is found.</summary>
    public LocatedBucket? Bucket { get; set; }

    /// <summary>The key that it concerns; null where there is none or there are several.</summary>
    public string? Key { get; set; }

    /// <summary>What else the record tells.</summary>
    public List<KeyValuePair<string, string>> Parameters { get; } = [];

    /// <summary>A parameter of the query that must be there.</summary>
    /// <exception cref="AdminException">400.</exception>
    public string Required(string name) =>
        http.Request.Query[name].ToString() is { Length: > 0 } value ? value : throw AdminException.Invalid($"The query parameter '{name}' is needed.");

    /// <summary>A parameter of the query; empty when it is not there.</summary>
    public string Optional(string name) => http.Request.Query[name].ToString();

    /// <summary>How many entries the answer may have, from the query: 1 to <see cref="MaxPage"/>, which is the default.</summary>
    /// <exception cref="AdminException">400.</exception>
    public int Limit() => Optional("limit") is not { Length: > 0 } text ? MaxPage
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxPage ? limit
        : throw AdminException.Invalid($"'limit' must be a number from 1 to {MaxPage}.");

    /// <summary>The request's body.</summary>
    /// <exception cref="AdminException">400 when it is not such a document; the message says where.</exception>
    public async Task<T> ReadAsync<T>(JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(http.Request.Body, type, Aborted) ?? throw AdminException.Invalid("The body must be a JSON object.");
        }
        catch (JsonException e)
        {
            throw AdminException.Invalid($"The body is not what is expected here{(e.Path is { Length: > 1 } path ? $" at {path}" : string.Empty)}: {e.Message.Split(" Path:")[0]}");
        }
    }
}
