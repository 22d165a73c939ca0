using System.IO.Compression;

namespace EdgeCache.Shared.Audit;

/// <summary>The records of one organization in a sealed file, as they are stored: gzip of JSON lines.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Plane">What the records are of.</param>
/// <param name="Id">The batch's id; with organization and plane it names one object.</param>
/// <param name="Content">The compressed lines.</param>
/// <param name="Records">How many they are.</param>
public sealed record AuditBatch(string OrganizationId, AuditPlane Plane, AuditBatchId Id, ReadOnlyMemory<byte> Content, int Records);

/// <summary>Reads sealed files.</summary>
public static class AuditBatches
{
    /// <summary>
    /// The batches of a file, one for each organization in it, compressed one at a time. Damaged lines are left out and counted: after a crash that is
    /// the last one, of a request that was not answered.
    /// </summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static IEnumerable<AuditBatch> Read(AuditSpoolFile file, AuditPlane plane, Action<int> damaged)
    {
        var content = File.ReadAllBytes(file.Path);
        foreach (var (organization, lines) in Group(content, damaged))
        {
            yield return new AuditBatch(organization, plane, file.Id, Compress(content, lines), lines.Count);
        }
    }

    private static Dictionary<string, List<Range>> Group(byte[] content, Action<int> damaged)
    {
        var groups = new Dictionary<string, List<Range>>(StringComparer.Ordinal);
        var bad = 0;
        for (var start = 0; start < content.Length;)
        {
            var length = content.AsSpan(start).IndexOf((byte)'\n');
            var end = length < 0 ? content.Length : start + length;
            if (length >= 0 && AuditLine.TryRead(content.AsSpan(start, length), out var organization, out var json))
            {
                if (!groups.TryGetValue(organization, out var lines))
                {
                    groups.Add(organization, lines = []);
                }

                // With its line feed.
                lines.Add(new Range(end - json.Length, end + 1));
            }
            else
            {
                bad++;
            }

            start = end + 1;
        }

        if (bad > 0)
        {
            damaged(bad);
        }

        return groups;
    }

    private static ReadOnlyMemory<byte> Compress(byte[] content, List<Range> lines)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            foreach (var line in lines)
            {
                gzip.Write(content.AsSpan(line));
            }
        }

        return compressed.ToArray();
    }
}
