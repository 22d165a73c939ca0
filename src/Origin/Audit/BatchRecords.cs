using EdgeCache.Origin.Pipeline;
using EdgeCache.Shared.Audit;

namespace EdgeCache.Origin.Audit;

/// <summary>
/// The records of the objects that one request names in its body, one each, beside that of the request itself and with the same request id, as S3's
/// server access logs have them (<see href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html">BATCH.DELETE.OBJECT</see>).
/// At most as many as a request may name, 1,000.
/// </summary>
internal static class BatchRecords
{
    /// <summary>What is recorded of an object that a request did not come to: the client left, or the request failed as a whole.</summary>
    private const string Unfinished = "Unfinished";

    public static IEnumerable<AuditRecord> Of(AuditRecord request, IReadOnlyList<BatchEntry> entries) => entries.Select(entry => request with
    {
        Action = entry.Decided?.Action ?? request.Action,
        Key = entry.Key,
        VersionId = entry.VersionId,
        Status = entry switch
        {
            { Error: { } error } => error.Status,
            { IsDone: true } => StatusCodes.Status204NoContent,
            _ => request.Status,
        },
        ErrorCode = entry.Error?.Code.ToString() ?? (entry.IsDone ? null : Unfinished),
        Decision = entry.Decided?.Decision,
        BytesReceived = 0,
        BytesSent = 0,
        Parameters = ParametersOf(entry),
    });

    private static List<KeyValuePair<string, string>> ParametersOf(BatchEntry entry)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        if (entry.IsDeleteMarker)
        {
            parameters.Add(new("deleteMarker", "true"));
        }

        // An entry that named a version has it as such already.
        if (entry is { VersionId: null, ResultVersionId.Length: > 0 })
        {
            parameters.Add(new("deleteMarkerVersionId", entry.ResultVersionId));
        }

        return parameters;
    }
}
