using EdgeCache.Origin.Identity;

namespace EdgeCache.Origin.ControlPlane.Tokens;

/// <summary>From a request for a token to the token.</summary>
internal static class TokenDraft
{
    /// <summary>The longest life of a token that ends: ten years.</summary>
    public const long MaxDurationSeconds = 315_360_000;

    public const int MaxGroups = 64;
    public const int MaxNameLength = 128;

    /// <exception cref="ApiException">400 with what is wrong.</exception>
    public static (ApiToken Token, string Secret) Make(string organizationId, CreateTokenRequest request, DateTimeOffset now)
    {
        if (!IsName(request.Name))
        {
            throw ApiException.Invalid($"'name' is required: 1 to {MaxNameLength} characters, none of them a control character.");
        }

        if (request.DurationSeconds is < 0 or > MaxDurationSeconds)
        {
            throw ApiException.Invalid($"'durationSeconds' must be 0 (permanent) or 1 to {MaxDurationSeconds}.");
        }

        var groups = request.Groups ?? [];
        if (groups.Count > MaxGroups || groups.Any(static g => !IsName(g)))
        {
            throw ApiException.Invalid($"'groups' must be at most {MaxGroups} names of 1 to {MaxNameLength} characters.");
        }

        var id = Secrets.NewTokenId();
        var token = new ApiToken
        {
            Id = id,
            OrganizationId = organizationId,
            Name = request.Name!,
            Principal = ApiToken.PrincipalOf(id),
            Groups = [.. groups.Distinct(StringComparer.Ordinal)],
            IsAdmin = request.Admin,
            ExpiresAt = request.DurationSeconds is > 0 and { } seconds ? now.AddSeconds(seconds) : null,
            CreatedAt = now,
        };
        return (token, Secrets.NewApiToken());
    }

    private static bool IsName(string? text) => text?.Length is > 0 and <= MaxNameLength && !text.Any(char.IsControl);
}
