namespace EdgeCache.Origin.ControlPlane;

/// <summary>
/// Listings: a client that knows no pages gets everything in one answer, up to a bound of many thousand entries; one that does says
/// <c>pageSize</c>, and goes on with the answer's <c>nextPageToken</c> as <c>pageToken</c>.
/// </summary>
internal static class ApiPages
{
    /// <exception cref="ApiException">400 when it is less than 1.</exception>
    public static int Size(int? asked, int max) => asked is < 1 ? throw ApiException.Invalid("'pageSize' must be at least 1.") : Math.Min(asked ?? max, max);
}
