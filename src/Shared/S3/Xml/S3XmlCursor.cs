using System.Text;
using System.Xml;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// A forward walk over a request document. Nothing is built up but what the caller keeps, so a document costs memory in proportion to its use,
/// and depth and length are bounded. Not thread-safe; ends with an <see cref="XmlException"/> at whatever is not as expected.
/// </summary>
internal sealed class S3XmlCursor
{
    /// <summary>The deepest nesting accepted; the documents of the API need 4.</summary>
    public const int MaxDepth = 16;

    private readonly XmlReader _reader;

    private S3XmlCursor(XmlReader reader) => _reader = reader;

    /// <summary>Reads a whole document; null when it is not well-formed, has another root, or <paramref name="read"/> rejects it with null.</summary>
    /// <param name="document">The document's bytes.</param>
    /// <param name="root">The name of its root, in S3's namespace or in none.</param>
    /// <param name="read">Reads the root's content.</param>
    public static T? Parse<T>(ReadOnlyMemory<byte> document, string root, Func<S3XmlCursor, T?> read)
        where T : class
    {
        var settings = new XmlReaderSettings
        {
            CheckCharacters = false,
            DtdProcessing = DtdProcessing.Prohibit,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            MaxCharactersFromEntities = 1024,
            MaxCharactersInDocument = Math.Max(1, document.Length),
            XmlResolver = null,
        };
        try
        {
            using var stream = new MemoryStream(document.ToArray(), writable: false);
            using var reader = XmlReader.Create(stream, settings);
            if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != root || reader.NamespaceURI is not ("" or S3XmlWriter.Namespace))
            {
                return null;
            }

            var cursor = new S3XmlCursor(reader);
            var value = read(cursor);
            while (cursor.Advance())
            {
                // What follows the root must be well-formed too.
            }

            return value;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>Walks over the children of the current element, giving each one's name; a child that the caller does not read is skipped.</summary>
    public IEnumerable<string> Children()
    {
        var depth = _reader.Depth;
        if (_reader.IsEmptyElement)
        {
            yield break;
        }

        while (Advance())
        {
            if (_reader.NodeType == XmlNodeType.EndElement && _reader.Depth == depth)
            {
                yield break;
            }

            if (_reader.Depth != depth + 1)
            {
                continue;
            }

            if (_reader.NodeType == XmlNodeType.Element)
            {
                yield return _reader.LocalName;
            }
            else if (_reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                throw new XmlException("text where elements are expected");
            }
        }

        throw new XmlException("the document ends early");
    }

    /// <summary>The text of the current element, with its white space, since keys may begin or end with it.</summary>
    public string Text()
    {
        if (_reader.IsEmptyElement)
        {
            return string.Empty;
        }

        string? only = null;
        StringBuilder? several = null;
        while (Advance())
        {
            switch (_reader.NodeType)
            {
                case XmlNodeType.EndElement:
                    return several?.ToString() ?? only ?? string.Empty;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace when only is null:
                    only = _reader.Value;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    (several ??= new StringBuilder(only)).Append(_reader.Value);
                    break;
                default:
                    throw new XmlException("elements where text is expected");
            }
        }

        throw new XmlException("the document ends early");
    }

    private bool Advance() =>
        _reader.Read() && (_reader.Depth <= MaxDepth ? true : throw new XmlException("the document is nested too deeply"));
}
