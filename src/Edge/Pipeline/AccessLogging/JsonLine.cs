using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace EdgeCache.Edge.Pipeline.AccessLogging;

/// <summary>Writes one JSON object on one line into memory of fixed size, in UTF-8 and without allocating. Values are cut so that all always fits.</summary>
internal ref struct JsonLine(Span<byte> buffer)
{
    /// <summary>The longest text of one value, in characters: a key has at most 1,024 bytes.</summary>
    public const int MaxText = 1024;

    /// <summary>The most bytes that a property takes besides its name: a text of nothing but control characters, each written as <c>\u00XX</c>.</summary>
    public const int MaxValue = (MaxText * 6) + 8;

    private const byte Quote = (byte)'"';

    private static readonly SearchValues<byte> s_escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static c => (byte)c), Quote, (byte)'\\', 0x7F]);

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    /// <summary>Adds a text; nothing when it is null or empty.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        Begin(name);
        _buffer[_length++] = Quote;
        AppendText(text[..Math.Min(text.Length, MaxText)]);
        _buffer[_length++] = Quote;
    }

    /// <summary>Adds a text that needs no escaping.</summary>
    public void AddPlain(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        Begin(name);
        _buffer[_length++] = Quote;
        text.CopyTo(_buffer[_length..]);
        _length += text.Length;
        _buffer[_length++] = Quote;
    }

    /// <summary>Adds a number.</summary>
    public void Add(ReadOnlySpan<byte> name, long number)
    {
        Begin(name);
        Utf8Formatter.TryFormat(number, _buffer[_length..], out var written);
        _length += written;
    }

    /// <summary>Adds <c>true</c>.</summary>
    public void AddTrue(ReadOnlySpan<byte> name)
    {
        Begin(name);
        "true"u8.CopyTo(_buffer[_length..]);
        _length += 4;
    }

    /// <summary>The line, with its end.</summary>
    public ReadOnlySpan<byte> End()
    {
        "}\n"u8.CopyTo(_buffer[_length..]);
        return _buffer[..(_length + 2)];
    }

    private void Begin(ReadOnlySpan<byte> name)
    {
        _buffer[_length] = _length == 0 ? (byte)'{' : (byte)',';
        _buffer[_length + 1] = Quote;
        name.CopyTo(_buffer[(_length + 2)..]);
        _length += name.Length + 4;
        _buffer[_length - 2] = Quote;
        _buffer[_length - 1] = (byte)':';
    }

    private void AppendText(ReadOnlySpan<char> text)
    {
        // Unpaired surrogates become replacement characters.
        var written = Encoding.UTF8.GetBytes(text, _buffer[_length..]);
        var utf8 = _buffer.Slice(_length, written);
        if (utf8.IndexOfAny(s_escaped) is var first && first < 0)
        {
            _length += written;
            return;
        }

        Span<byte> copy = stackalloc byte[MaxText * 3];
        utf8.CopyTo(copy);
        _length += first;
        foreach (var b in copy[first..written])
        {
            AppendEscaped(b);
        }
    }

    private void AppendEscaped(byte b)
    {
        if (!s_escaped.Contains(b))
        {
            _buffer[_length++] = b;
            return;
        }

        _buffer[_length++] = (byte)'\\';
        if (b is Quote or (byte)'\\')
        {
            _buffer[_length++] = b;
            return;
        }

        "u00"u8.CopyTo(_buffer[_length..]);
        Utf8Formatter.TryFormat(b, _buffer[(_length + 3)..], out _, new StandardFormat('x', 2));
        _length += 5;
    }
}
