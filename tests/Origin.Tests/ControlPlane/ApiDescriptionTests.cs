using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeCache.Origin.Tests.ControlPlane;

public sealed class ApiDescriptionTests
{
    private static readonly string[] Summary =
    [
        "POST /v1/cwobject/access-key", "GET /v1/cwobject/access-key", "GET /v1/cwobject/access-key/{accessKeyId}", "GET /v1/cwobject/access-policy",
        "POST /v1/cwobject/access-policy", "DELETE /v1/cwobject/access-policy/{policyName}", "PUT /v1/cwobject/bucket/settings",
        "GET /v1/cwobject/bucket-info", "GET /v1/cwobject/bucket-info/{bucketName}", "PUT /v1/cwobject/organization/settings",
        "POST /v1/cwobject/revoke-access-key/access-key", "POST /v1/cwobject/revoke-access-key/principal",
    ];

    [Fact]
    public async Task Every_endpoint_is_described_with_schemas_errors_and_examples()
    {
        await using var origin = await TestOrigin.StartAsync();

        var document = (await new ApiClient(origin, token: null).GetAsync("/openapi.json")).ShouldBe(HttpStatusCode.OK).Json;

        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(static path => path.Value.EnumerateObject().Select(o => (Name: $"{o.Name.ToUpperInvariant()} {path.Name}", Operation: o.Value)))
            .ToDictionary(static o => o.Name, static o => o.Operation);
        var mapped = origin.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(static e => e.RoutePattern.RawText?.StartsWith("/v1/", StringComparison.Ordinal) == true)
            .SelectMany(static e => e.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText}"));
        Assert.Equal(mapped.Order(StringComparer.Ordinal), operations.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(Summary.Except(operations.Keys));
        Assert.All(operations, o => Check(o.Key, o.Value, document));
    }

    [Fact]
    public async Task No_endpoint_but_those_that_need_none_answers_without_a_token()
    {
        await using var origin = await TestOrigin.StartAsync();
        var document = (await new ApiClient(origin, token: null).GetAsync("/openapi.json")).Json;
        var anonymous = new ApiClient(origin, token: null);
        var count = 0;
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(static o => o.Value.TryGetProperty("security", out _)))
            {
                count++;
                var target = path.Name.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
                (await anonymous.SendAsync(new HttpMethod(operation.Name.ToUpperInvariant()), target, operation.Name is "get" or "delete" ? null : "{}"))
                    .ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
            }
        }

        Assert.True(count >= Summary.Length, $"{count} endpoints need a token");
    }

    private static void Check(string name, JsonElement operation, JsonElement document)
    {
        Assert.NotEmpty(operation.GetProperty("operationId").GetString()!);
        Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
        var responses = operation.GetProperty("responses");
        var ok = responses.GetProperty("200").GetProperty("content").GetProperty("application/json");
        // The document's writer leaves out an empty example, which is all that {} could have.
        Assert.True(ok.TryGetProperty("example", out _) || ok.GetRawText().Contains("/EmptyAnswer\"", StringComparison.Ordinal), name);
        CheckSchema(name, ok.GetProperty("schema"), document);
        var error = responses.GetProperty("500").GetProperty("content").GetProperty("application/json");
        Assert.Equal("#/components/schemas/ApiError", error.GetProperty("schema").GetProperty("$ref").GetString());
        Assert.Equal("internal", error.GetProperty("example").GetProperty("code").GetString());
        if (operation.TryGetProperty("requestBody", out var body))
        {
            var json = body.GetProperty("content").GetProperty("application/json");
            Assert.True(json.TryGetProperty("example", out _), name);
            CheckSchema(name, json.GetProperty("schema"), document);
            Assert.True(responses.TryGetProperty("400", out _) && responses.TryGetProperty("413", out _) && responses.TryGetProperty("415", out _), name);
        }

        if (name.Contains('{', StringComparison.Ordinal))
        {
            Assert.Contains(operation.GetProperty("parameters").EnumerateArray(), static p => p.GetProperty("in").GetString() == "path");
        }

        // What the server alone puts in must not be told to callers.
        Assert.DoesNotContain("\"caller\"", operation.GetRawText(), StringComparison.Ordinal);
    }

    private static void CheckSchema(string name, JsonElement schema, JsonElement document)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var target = reference.GetString()!["#/components/schemas/".Length..];
            Assert.True(document.GetProperty("components").GetProperty("schemas").TryGetProperty(target, out _), $"{name}: {target}");
        }
    }
}
