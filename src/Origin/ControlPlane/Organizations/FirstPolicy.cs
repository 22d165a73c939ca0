using EdgeCache.Shared.Iam.Policies;

namespace EdgeCache.Origin.ControlPlane.Organizations;

/// <summary>What a new organization is told to do first.</summary>
internal static class FirstPolicy
{
    public static string NextStep(string endpoint, string token) =>
        "The organization denies every request until it has an access policy. This one allows everything to everyone in it; narrow it as you like: " +
        $"curl -X POST {endpoint}/v1/cwobject/access-policy -H 'Content-Type: application/json' -H 'Authorization: Bearer {token}' " +
        $$"""-d '{"policy":{{AccessPolicy.AllowEverything.Json}}}'""";
}
