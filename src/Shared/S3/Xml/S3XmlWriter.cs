using System.Globalization;
using System.Xml;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>How every response document is written: UTF-8, S3's namespace, no indentation, and characters that XML cannot have as references.</summary>
internal static class S3XmlWriter
{
    /// <summary>The namespace of all S3 documents but the error document.</summary>
    public const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    // Keys may have control characters. S3 writes them as references, which XML 1.0 does not allow; clients that ask for encoding-type=url never meet one.
    // Entitize keeps carriage returns through the reader's line-end normalization.
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        CheckCharacters = false,
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>Writes a document whose root is in S3's namespace.</summary>
    public static byte[] Document<T>(string root, T state, Action<XmlWriter, T> content) => Write(root, Namespace, state, content);

    /// <summary>Writes a document without a namespace: only errors are.</summary>
    public static byte[] PlainDocument<T>(string root, T state, Action<XmlWriter, T> content) => Write(root, null, state, content);

    /// <summary>Writes <c>&lt;name&gt;value&lt;/name&gt;</c>, or nothing when the value is null.</summary>
    public static void Text(this XmlWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteStartElement(name);
            if (value.Length > 0)
            {
                writer.WriteString(value);
            }

            writer.WriteEndElement();
        }
    }

    /// <summary>Writes a number, or nothing when it is null.</summary>
    public static void Number(this XmlWriter writer, string name, long? value) => writer.Text(name, value?.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes <c>true</c> or <c>false</c>.</summary>
    public static void Flag(this XmlWriter writer, string name, bool value) => writer.Text(name, value ? "true" : "false");

    /// <summary>Writes a point in time as <c>2009-10-12T17:50:30.000Z</c>.</summary>
    public static void Time(this XmlWriter writer, string name, DateTimeOffset value) =>
        writer.Text(name, value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

    /// <summary>Writes an entity tag with its quotes.</summary>
    public static void ETag(this XmlWriter writer, string etag) => writer.Text("ETag", S3ObjectHeaders.Quote(etag));

    /// <summary>Writes an element with elements in it.</summary>
    public static void Group<T>(this XmlWriter writer, string name, T state, Action<XmlWriter, T> content)
    {
        writer.WriteStartElement(name);
        content(writer, state);
        writer.WriteEndElement();
    }

    private static byte[] Write<T>(string root, string? xmlns, T state, Action<XmlWriter, T> content)
    {
        using var buffer = new MemoryStream();
        using (var writer = XmlWriter.Create(buffer, Settings))
        {
            writer.WriteStartDocument();
            writer.WriteStartElement(root, xmlns);
            content(writer, state);
            writer.WriteEndElement();
        }

        return buffer.ToArray();
    }
}
