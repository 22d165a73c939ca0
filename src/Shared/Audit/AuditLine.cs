using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using EdgeCache.Shared.Checksums;

namespace EdgeCache.Shared.Audit;

/// <summary>
/// A line of a spool: eight hexadecimal digits of the CRC32C of what follows the space behind them, the organization's id percent-encoded, a space,
/// the record's JSON, a line feed. A line that was cut off by a crash, or damaged since, is told by its checksum.
/// </summary>
public static class AuditLine
{
    private const int HeadLength = 9;
    private static readonly StandardFormat s_hex8 = new('x', 8);

    /// <summary>Writes a record as a line.</summary>
    public static void Write(AuditRecord record, ArrayBufferWriter<byte> output)
    {
        var start = output.WrittenCount;
        output.Write("00000000 "u8);
        Encoding.ASCII.GetBytes(Uri.EscapeDataString(record.OrganizationId).AsSpan(), output);
        output.Write(" "u8);
        AuditJson.Write(record, output);
        var line = MemoryMarshal.AsMemory(output.WrittenMemory).Span[start..];
        Utf8Formatter.TryFormat(Crc32C.Append(0, line[HeadLength..]), line, out _, s_hex8);
        output.Write("\n"u8);
    }

    /// <summary>Reads a line, without its line feed; false when it is not as it was written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out string organizationId, out ReadOnlySpan<byte> json)
    {
        organizationId = string.Empty;
        json = default;
        if (line.Length <= HeadLength || !Utf8Parser.TryParse(line, out uint crc, out var read, 'x') || read != HeadLength - 1 || line[read] != (byte)' ' ||
            Crc32C.Append(0, line[HeadLength..]) != crc)
        {
            return false;
        }

        var rest = line[HeadLength..];
        var space = rest.IndexOf((byte)' ');
        if (space <= 0)
        {
            return false;
        }

        organizationId = Uri.UnescapeDataString(Encoding.ASCII.GetString(rest[..space]));
        json = rest[(space + 1)..];
        return true;
    }
}
