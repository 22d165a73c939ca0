using System.Xml;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>
/// Writes keys and what is compared with keys, percent-encoded if the request has <c>encoding-type=url</c>. Slashes stay, as S3 leaves them.
/// </summary>
/// <param name="writer">Where to.</param>
/// <param name="encodeUrl">Whether to encode.</param>
internal readonly struct S3XmlKeys(XmlWriter writer, bool encodeUrl)
{
    /// <summary>Writes a key, or nothing when it is null.</summary>
    public void Write(string element, string? key) => writer.Text(element, key is null || !encodeUrl ? key : PercentEncoding.Encode(key, keepSlash: true));

    /// <summary>Writes the delimiter, if one was asked for.</summary>
    public void WriteDelimiter(string delimiter) => Write("Delimiter", delimiter.Length == 0 ? null : delimiter);

    /// <summary>Writes the encoding, if one was asked for.</summary>
    public void WriteEncodingType() => writer.Text("EncodingType", encodeUrl ? "url" : null);

    /// <summary>Writes the common prefixes.</summary>
    public void WriteCommonPrefixes(IReadOnlyList<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            writer.WriteStartElement("CommonPrefixes");
            Write("Prefix", prefix);
            writer.WriteEndElement();
        }
    }
}
