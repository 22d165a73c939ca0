using System.Globalization;
using System.Xml;

namespace EdgeCache.Origin.Identity.Federation.Saml;

/// <summary>Reading elements of a document that has no comments, processing instructions, CDATA or entities.</summary>
internal static class SamlElements
{
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    public static bool Is(this XmlElement element, string localName, string ns) => element.LocalName == localName && element.NamespaceURI == ns;

    public static IEnumerable<XmlElement> Elements(this XmlElement element, string localName, string ns) =>
        element.ChildNodes.OfType<XmlElement>().Where(e => e.Is(localName, ns));

    /// <summary>The only child of that name; null when there is none or more than one.</summary>
    public static XmlElement? Only(this XmlElement element, string localName, string ns) =>
        element.Elements(localName, ns).Take(2).ToArray() is [var only] ? only : null;

    public static IEnumerable<XmlElement> Descendants(this XmlElement element) => element.GetElementsByTagName("*").Cast<XmlElement>();

    /// <summary>The text of an element that has only text, trimmed of XML's white space; null otherwise.</summary>
    public static string? TextOnly(this XmlElement element) =>
        element.ChildNodes.Cast<XmlNode>().All(static n => n is XmlText or XmlWhitespace or XmlSignificantWhitespace)
            ? element.InnerText.Trim(' ', '\t', '\r', '\n')
            : null;

    /// <summary>An attribute's value; null when it is absent.</summary>
    public static string? Attribute(this XmlElement element, string name) => element.GetAttributeNode(name, string.Empty)?.Value;

    /// <summary>Reads a time (saml-core 1.3.3: UTC, written with Z); false when it is absent or something else.</summary>
    public static bool TryReadTime(this XmlElement element, string attribute, out DateTimeOffset time)
    {
        time = default;
        return element.Attribute(attribute) is { } text && DateTimeOffset.TryParseExact(
            text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }
}
