using System.Buffers.Text;
using System.Text;

namespace EdgeCache.Load.Client;

/// <summary>What a load client must know of a response's head: where it ends, its status, how long its body is, whether the server closes.</summary>
internal readonly record struct ResponseHead(int Length, int Status, long BodyLength, bool Close)
{
    private const int StatusOffset = 9;

    /// <summary>
    /// Reads the head at the start of <paramref name="received"/>; false when it is not complete. <see cref="BodyLength"/> is -1 when the
    /// head has no Content-Length: such a body ends with the connection for this client. Throws <see cref="FormatException"/> when it is not
    /// HTTP/1.1.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> received, out ResponseHead head)
    {
        head = default;
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        if (!received.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(received[StatusOffset..], out int status, out var digits) || digits != 3)
        {
            throw new FormatException($"not a response: {Encoding.Latin1.GetString(received[..Math.Min(end, 100)])}");
        }

        var lines = received[..(end + 2)];
        lines = lines[(lines.IndexOf("\r\n"u8) + 2)..];
        var bodyLength = status is 204 or 304 ? 0L : -1L;
        var close = false;
        while (!lines.IsEmpty)
        {
            var lineEnd = lines.IndexOf("\r\n"u8);
            var line = lines[..lineEnd];
            lines = lines[(lineEnd + 2)..];
            if (TryGetValue(line, "content-length:"u8, out var value))
            {
                bodyLength = Utf8Parser.TryParse(value, out long length, out _) ? length : throw new FormatException("bad Content-Length");
            }
            else if (TryGetValue(line, "connection:"u8, out value))
            {
                close = Ascii.EqualsIgnoreCase(value, "close"u8);
            }
        }

        head = new ResponseHead(end + 4, status, bodyLength, close);
        return true;
    }

    private static bool TryGetValue(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (line.Length < name.Length || !Ascii.EqualsIgnoreCase(line[..name.Length], name))
        {
            return false;
        }

        value = line[name.Length..].Trim((byte)' ');
        return true;
    }
}
