namespace EdgeCache.Edge.Administration;

/// <summary>Ends a request of the admin API with an error answer.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">A machine-readable reason.</param>
/// <param name="message">What is wrong, for people.</param>
internal sealed class AdminException(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public static AdminException Invalid(string message) => new(StatusCodes.Status400BadRequest, "invalid_argument", message);

    public static AdminException NotFound(string message) => new(StatusCodes.Status404NotFound, "not_found", message);

    public static AdminException Conflict(string message) => new(StatusCodes.Status409Conflict, "conflict", message);

    public static AdminException Unavailable(string message) => new(StatusCodes.Status503ServiceUnavailable, "unavailable", message);
}
