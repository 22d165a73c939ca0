using System.IO.Compression;
using System.Text.Json;
using EdgeCache.Shared.Audit;

namespace EdgeCache.Shared.Tests.Audit;

/// <summary>Stands where batches are delivered to: it answers as it is told, and keeps what it stores by name.</summary>
internal sealed class ReceivingSink : AuditObserver
{
    public Dictionary<string, AuditBatch> Objects { get; } = [];

    public List<string> Asked { get; } = [];

    public Func<AuditBatch, AuditReceipt> Answer { get; set; } = static _ => AuditReceipt.Stored;

    public int DamagedLines { get; private set; }

    public Task<AuditReceipt> SendAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        Asked.Add(batch.OrganizationId);
        var receipt = Answer(batch);
        if (receipt == AuditReceipt.Stored)
        {
            Objects.TryAdd($"{AuditBucket.NameOf(batch.OrganizationId)}/{AuditBucket.KeyOf(batch.Plane, batch.Id)}", batch);
        }

        return Task.FromResult(receipt);
    }

    public static IEnumerable<string> RequestIds(AuditBatch batch)
    {
        using var lines = new StreamReader(new GZipStream(new MemoryStream(batch.Content.ToArray()), CompressionMode.Decompress));
        while (lines.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            yield return json.RootElement.GetProperty("requestId").GetString()!;
        }
    }

    public override void Stored(AuditBatch batch)
    {
    }

    public override void Failed(AuditBatch batch, AuditReceipt receipt)
    {
    }

    public override void Damaged(int lines) => DamagedLines += lines;

    public override void Unreadable(AuditSpoolFile file, Exception exception) => Assert.Fail(exception.ToString());
}
