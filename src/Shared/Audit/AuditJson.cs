using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Shared.Audit;

/// <summary>The JSON of a record: one line, fields in a fixed order, absent ones left out (docs/formats/audit.md).</summary>
public static class AuditJson
{
    /// <summary>The version of the record's format.</summary>
    public const int Version = 1;

    /// <summary>The longest text taken over from a request, in characters; longer ones end in an ellipsis. A key always fits.</summary>
    public const int MaxTextLength = 1024;

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // One writer for each thread: it is reset, not made, for each record.
    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    /// <summary>Writes a record, without a line end: escapes keep line ends out of it.</summary>
    public static void Write(AuditRecord record, IBufferWriter<byte> output)
    {
        var json = t_writer ??= new Utf8JsonWriter(output, s_options);
        json.Reset(output);
        json.WriteStartObject();
        json.WriteNumber("version"u8, Version);
        json.WriteString("plane"u8, AuditPlanes.Name(record.Plane));
        json.WriteString("timestamp"u8, record.Time.UtcDateTime);
        Text(json, "organizationId"u8, record.OrganizationId);
        Text(json, "action"u8, record.Action);
        Text(json, "operation"u8, record.Operation);
        WritePrincipal(json, record);
        Text(json, "sourceIp"u8, record.SourceAddress);
        Text(json, "host"u8, record.Host);
        Text(json, "bucketName"u8, record.Bucket);
        Text(json, "key"u8, record.Key);
        Text(json, "versionId"u8, record.VersionId);
        Text(json, "requestId"u8, record.RequestId);
        json.WriteNumber("status"u8, record.Status);
        Text(json, "errorCode"u8, record.ErrorCode);
        WriteDecision(json, record.Decision);
        json.WriteNumber("bytesReceived"u8, record.BytesReceived);
        json.WriteNumber("bytesSent"u8, record.BytesSent);
        Text(json, "region"u8, record.Region);
        Text(json, "servedBy"u8, record.ServedBy);
        Text(json, "via"u8, record.Via);
        Text(json, "viaRequestId"u8, record.ViaRequestId);
        WriteParameters(json, record.Parameters);
        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>The name of a principal as an ARN; null for who has none.</summary>
    public static string? ArnOf(Principal principal) =>
        principal.Kind == PrincipalKind.User ? $"arn:aws:iam::{principal.OrganizationId}:user/{principal.Name}" : null;

    private static void WritePrincipal(Utf8JsonWriter json, AuditRecord record)
    {
        if (record.Principal is { } principal)
        {
            Text(json, "principal"u8, principal.Name);
            Text(json, "aws:arn"u8, ArnOf(principal));
        }

        Text(json, "accessKeyId"u8, record.AccessKeyId);
    }

    private static void WriteDecision(Utf8JsonWriter json, AccessDecision? decision)
    {
        if (decision is not null)
        {
            json.WriteString("decision"u8, decision.Allowed ? "Allow"u8 : "Deny"u8);
            Text(json, "reason"u8, decision.Reason);
            Text(json, "policy"u8, decision.Policy);
            Text(json, "statement"u8, decision.Statement);
        }
    }

    private static void WriteParameters(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (parameters.Count == 0)
        {
            return;
        }

        json.WriteStartObject("parameters"u8);
        foreach (var (name, value) in parameters)
        {
            json.WriteString(name, Shorten(value));
        }

        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, Shorten(value));
        }
    }

    private static ReadOnlySpan<char> Shorten(string text) =>
        text.Length <= MaxTextLength ? text : string.Concat(text.AsSpan(0, MaxTextLength - 1), "…");
}
