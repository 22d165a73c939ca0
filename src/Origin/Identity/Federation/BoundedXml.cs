using System.Text;
using System.Xml;

namespace EdgeCache.Origin.Identity.Federation;

/// <summary>
/// Reads a document from a stranger: no DTD, no entities, nothing fetched, and bounds on depth, nodes and attributes that hold before the
/// document is built. Whitespace is kept, since it is signed.
/// </summary>
internal static class BoundedXml
{
    /// <summary>How deep elements may nest.</summary>
    public const int MaxDepth = 48;

    /// <summary>How many nodes a document may have; canonicalisation takes more than linear time in some of them.</summary>
    public const int MaxNodes = 8_192;

    /// <summary>How many attributes and namespace declarations one element may have.</summary>
    public const int MaxAttributes = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a document in UTF-8.</summary>
    /// <param name="utf8">The document's bytes.</param>
    /// <param name="dropComments">
    /// Whether comments are left out; otherwise they are refused. In a signed document they must be refused: canonicalisation ignores them, so
    /// anyone can put one into a signed text, and readers disagree about what the text is then. So must processing instructions and CDATA.
    /// </param>
    /// <param name="document">The document when there is no problem.</param>
    public static FederationProblem? TryRead(ReadOnlySpan<byte> utf8, bool dropComments, out XmlDocument? document)
    {
        document = null;
        try
        {
            var text = StrictUtf8.GetString(utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8);
            using (var scan = XmlReader.Create(new StringReader(text), Settings(dropComments)))
            {
                if (Scan(scan, dropComments) is { } problem)
                {
                    return problem;
                }
            }

            using var reader = XmlReader.Create(new StringReader(text), Settings(dropComments));
            var loaded = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
            loaded.Load(reader);
            document = loaded;
            return null;
        }
        catch (Exception e) when (e is XmlException or ArgumentException)
        {
            return FederationProblem.Malformed("It is not well-formed XML in UTF-8 without a document type.");
        }
    }

    private static XmlReaderSettings Settings(bool dropComments) => new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        ConformanceLevel = ConformanceLevel.Document,
        CheckCharacters = true,
        IgnoreWhitespace = false,
        IgnoreComments = dropComments,
        IgnoreProcessingInstructions = dropComments,
    };

    private static FederationProblem? Scan(XmlReader reader, bool dropComments)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var nodes = 1; reader.Read(); nodes++)
        {
            if (nodes > MaxNodes || reader.Depth > MaxDepth || reader.AttributeCount > MaxAttributes)
            {
                return new FederationProblem(FederationFault.TooLarge, "The XML has too many nodes or attributes, or nests too deep.");
            }

            switch (reader.NodeType)
            {
                case XmlNodeType.XmlDeclaration or XmlNodeType.EndElement or XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    break;
                case XmlNodeType.Element when HasNewIds(reader, ids):
                    break;
                case XmlNodeType.Element:
                    return FederationProblem.Rejected("Two elements have the same ID.");
                case XmlNodeType.CDATA when dropComments:
                    break;
                default:
                    return FederationProblem.Rejected("Comments, processing instructions and CDATA are not accepted in a signed document.");
            }
        }

        return null;
    }

    /// <summary>Whether no ID of this element occurred before, whatever the attribute by which some reader would look for IDs.</summary>
    private static bool HasNewIds(XmlReader reader, HashSet<string> ids)
    {
        var areNew = true;
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix != "xmlns" &&
                reader.LocalName.ToUpperInvariant() is "ID" or "ASSERTIONID" or "RESPONSEID" or "REQUESTID")
            {
                areNew &= ids.Add(reader.Value);
            }
        }

        reader.MoveToElement();
        return areNew;
    }
}
