namespace EdgeCache.Shared.SigV4;

/// <summary>What signature version 4 needs to know of a request, free of any server's or client's types.</summary>
public interface ISignedRequest
{
    /// <summary>The method, upper case as on the wire.</summary>
    string Method { get; }

    /// <summary>The path as on the wire: escapes kept, no query.</summary>
    string RawPath { get; }

    /// <summary>The query as on the wire, without its <c>?</c>; empty when there is none.</summary>
    string RawQuery { get; }

    /// <summary>The names of all headers, in any case: a signature must cover every <c>x-amz-*</c> header that is present.</summary>
    IEnumerable<string> HeaderNames { get; }

    /// <summary>Those of them that begin with <c>x-amz-</c>.</summary>
    IReadOnlyList<string> AmzHeaderNames => [.. HeaderNames.Where(IsAmz)];

    /// <summary>Whether a header's name begins with <c>x-amz-</c>, in any case.</summary>
    static bool IsAmz(string name) => name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase);

    /// <summary>The value of a header, several values joined by <c>,</c>; false (and an empty value) when it is absent.</summary>
    bool TryGetHeader(string lowerCaseName, out string value);
}
