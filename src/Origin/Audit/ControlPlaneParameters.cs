using System.Text.Json;

namespace EdgeCache.Origin.Audit;

/// <summary>
/// What is recorded of a request of the control plane's API and its answer: fields of these names and none else, so that no secret, token or
/// assertion gets into a record.
/// </summary>
/// <param name="OrganizationId">The organization that the path names, for the operator.</param>
/// <param name="Bucket">The bucket that it names.</param>
/// <param name="ErrorCode">The error code of the answer.</param>
/// <param name="Values">All others.</param>
internal sealed record ControlPlaneParameters(string? OrganizationId, string? Bucket, string? ErrorCode, IReadOnlyList<KeyValuePair<string, string>> Values)
{
    private static readonly string[] s_route = ["accessKeyId", "policyName", "tokenId", "configId", "organizationId"];

    private static readonly string[] s_request =
    [
        "durationSeconds", "accessLevel", "name", "displayName", "defaultRegion", "admin", "groups", "configId", "principalName", "principal", "action",
        "resource", "settings", "quotas", "type", "issuer",
    ];

    /// <summary>What a good answer tells of what was made.</summary>
    private static readonly string[] s_answer = ["accessKeyId", "accessKeyID", "AccessKeyId", "principalName", "expiry", "Expiration", "id"];

    public static async ValueTask<ControlPlaneParameters> ReadAsync(HttpContext context, MemoryStream answer)
    {
        var values = new List<KeyValuePair<string, string>>();
        var route = context.Request.RouteValues;
        foreach (var name in s_route)
        {
            Add(values, name, route[name] as string);
        }

        var bucket = route["bucketName"] as string;
        using (var request = await ParseAsync(context.Request.Body))
        {
            if (request?.RootElement is { ValueKind: JsonValueKind.Object } body)
            {
                Pick(body, s_request, values);
                bucket ??= Text(body, "bucketName");
                Add(values, "policy", body.TryGetProperty("policy", out var policy) && policy.ValueKind == JsonValueKind.Object ? Text(policy, "name") : null);

                // Only what was revoked is surely a key's id and not its secret in the wrong place.
                Add(values, "accessKey", context.Response.StatusCode < 300 ? Text(body, "accessKey") : null);
            }
        }

        answer.Position = 0;
        using var answered = await ParseAsync(answer);
        string? error = null;
        if (answered?.RootElement is { ValueKind: JsonValueKind.Object } document)
        {
            error = Text(document, "code");
            Pick(document, s_answer, values);
        }

        return new ControlPlaneParameters(route["organizationId"] as string, bucket, error, values);
    }

    private static void Pick(JsonElement body, string[] names, List<KeyValuePair<string, string>> values)
    {
        foreach (var name in names)
        {
            if (body.TryGetProperty(name, out var value))
            {
                Add(values, name, value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText());
            }
        }
    }

    /// <summary>Takes a parameter over once; the request's word comes first.</summary>
    private static void Add(List<KeyValuePair<string, string>> values, string name, string? value)
    {
        if (value is not null && !values.Exists(v => v.Key == name))
        {
            values.Add(new(name, value));
        }
    }

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static async ValueTask<JsonDocument?> ParseAsync(Stream body)
    {
        try
        {
            body.Position = 0;
            return body.Length == 0 ? null : await JsonDocument.ParseAsync(body);
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException or IOException)
        {
            return null;
        }
    }
}
