namespace EdgeCache.Shared.SigV4;

/// <summary>A credential as header and query carry it: <c>access-key/yyyyMMdd/region/s3/aws4_request</c>.</summary>
internal readonly record struct Credential(string AccessKeyId, SigV4Scope Scope)
{
    /// <summary>The longest access key id that S3 allows.</summary>
    public const int MaxAccessKeyIdLength = 128;

    /// <summary>The longest region name that is looked at.</summary>
    public const int MaxRegionLength = 128;

    /// <summary>Parses a credential; the problem is null on success, else worded to follow "the authorization header is malformed".</summary>
    public static string? TryParse(ReadOnlySpan<char> text, out Credential credential)
    {
        const string malformed = "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";
        credential = default;
        Span<Range> ranges = stackalloc Range[6];
        if (text.Split(ranges, '/') != 5)
        {
            return malformed;
        }

        var accessKeyId = text[ranges[0]];
        var date = text[ranges[1]];
        var region = text[ranges[2]];
        if (accessKeyId.IsEmpty || accessKeyId.Length > MaxAccessKeyIdLength || accessKeyId.ContainsAnyExceptInRange('!', '~') ||
            region.IsEmpty || region.Length > MaxRegionLength || region.ContainsAnyExceptInRange('!', '~'))
        {
            return malformed;
        }

        if (date.Length != 8 || date.ContainsAnyExceptInRange('0', '9'))
        {
            return "incorrect date format. This date in the credential must be in the format \"yyyyMMdd\".";
        }

        if (!text[ranges[3]].SequenceEqual(SigV4Scope.S3))
        {
            return "incorrect service. This endpoint belongs to \"s3\".";
        }

        if (!text[ranges[4]].SequenceEqual(SigV4Scope.Terminator))
        {
            return "incorrect terminal. This endpoint uses \"aws4_request\".";
        }

        credential = new Credential(accessKeyId.ToString(), new SigV4Scope(date.ToString(), region.ToString(), SigV4Scope.S3));
        return null;
    }

    /// <summary>Whether the scope is of the day on which the request was signed; the problem otherwise.</summary>
    public string? CheckDate(DateTimeOffset signedAt)
    {
        Span<char> day = stackalloc char[8];
        return SigV4Time.TryFormatDay(signedAt, day) && day.SequenceEqual(Scope.Date)
            ? null
            : $"Invalid credential date \"{Scope.Date}\". This date is not the same as X-Amz-Date: \"{SigV4Time.Format(signedAt)[..8]}\".";
    }
}
