using System.Net;

namespace EdgeCache.Origin.Tests.ControlPlane;

public sealed class ApiErrorTests
{
    private const string Keys = "/v1/cwobject/access-key";

    [Fact]
    public async Task What_the_server_itself_refuses_is_answered_in_the_same_form()
    {
        await using var origin = await TestOrigin.StartAsync();
        var api = new ApiClient(origin);

        (await api.GetAsync("/")).ShouldFail(HttpStatusCode.NotFound, "not_found");
        (await api.GetAsync("/v1/cwobject/nothing")).ShouldFail(HttpStatusCode.NotFound, "not_found");
        var notAllowed = await api.DeleteAsync(Keys);
        notAllowed.ShouldFail(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        Assert.Equal("GET,POST", notAllowed.Headers["Allow"]);
        (await api.SendAsync(HttpMethod.Post, Keys, "durationSeconds=0", "application/x-www-form-urlencoded"))
            .ShouldFail(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        (await api.SendAsync(HttpMethod.Post, Keys, """{"durationSeconds": 0}""", contentType: null)).ShouldBe(HttpStatusCode.OK);
        (await api.PostAsync(Keys, $$"""{"durationSeconds": 0, "name": "{{new string('x', 70_000)}}"}"""))
            .ShouldFail(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
        (await api.PostAsync(Keys, new string('[', 1000))).ShouldFail(HttpStatusCode.BadRequest, "invalid_argument");
    }

    [Fact]
    public async Task A_token_must_be_known_and_named_as_a_bearer_token()
    {
        await using var origin = await TestOrigin.StartAsync();
        foreach (var authorization in (string[])["Bearer wrong", "Bearer ", "Bearer", TestOrigin.ApiToken, "Basic dGVzdA==", "Bearer " + new string('x', 4000)])
        {
            var answer = await new ApiClient(origin).SendAsync(HttpMethod.Get, Keys, authorization: authorization);
            answer.ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
            Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
        }

        (await new ApiClient(origin, token: null).GetAsync(Keys)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        (await new ApiClient(origin, token: "wrong").PostAsync(Keys, "nonsense")).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Who_shows_too_many_wrong_tokens_waits_before_any_is_looked_at()
    {
        await using var origin = await TestOrigin.StartAsync(new() { ["Origin:ControlPlaneLimits:WrongTokensPerMinute"] = "1" });
        (await new ApiClient(origin, "wrong").GetAsync(Keys)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");

        // More than one: what comes back meanwhile, a fraction of a permit, must not open the door.
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var limited = await new ApiClient(origin).GetAsync(Keys);
            limited.ShouldFail(HttpStatusCode.TooManyRequests, "too_many_requests");
            Assert.InRange(int.Parse(limited.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        }
    }

    [Fact]
    public async Task Credentials_are_limited_by_token_and_by_address_and_other_calls_go_on()
    {
        await using var origin = await TestOrigin.StartAsync(new()
        {
            ["Origin:ControlPlaneLimits:CredentialsPerMinuteAndToken"] = "1", ["Origin:ControlPlaneLimits:CredentialsPerMinuteAndAddress"] = "3",
            ["Origin:Bootstrap:Organizations:0:ApiToken"] = "other-api-token", ["Origin:Bootstrap:Organizations:1:Id"] = "third",
            ["Origin:Bootstrap:Organizations:1:AccessKeyId"] = "AKTHIRD", ["Origin:Bootstrap:Organizations:1:SecretKey"] = "third-secret-key",
            ["Origin:Bootstrap:Organizations:1:ApiToken"] = "third-api-token",
        });
        var api = new ApiClient(origin);
        await api.NewKeyAsync();

        (await api.PostAsync(Keys, """{"durationSeconds": 0}""")).ShouldFail(HttpStatusCode.TooManyRequests, "too_many_requests");
        (await api.GetAsync(Keys)).ShouldBe(HttpStatusCode.OK);
        await new ApiClient(origin, "other-api-token").NewKeyAsync();
        (await new ApiClient(origin, "third-api-token").PostAsync(Keys, """{"durationSeconds": 0}""")).ShouldFail(HttpStatusCode.TooManyRequests, "too_many_requests");
    }

    [Fact]
    public async Task An_address_that_calls_too_often_waits()
    {
        await using var origin = await TestOrigin.StartAsync(new() { ["Origin:ControlPlaneLimits:RequestsPerMinute"] = "1" });
        var api = new ApiClient(origin);
        (await api.GetAsync(Keys)).ShouldBe(HttpStatusCode.OK);

        (await api.GetAsync(Keys)).ShouldFail(HttpStatusCode.TooManyRequests, "too_many_requests");
    }
}
