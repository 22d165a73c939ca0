using System.Xml;

namespace EdgeCache.Shared.S3.Xml;

/// <summary>An owner or initiator (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_Owner.html">Owner</see>).</summary>
/// <param name="Id">The organization's id.</param>
/// <param name="DisplayName">A name for people.</param>
public sealed record S3Owner(string Id, string DisplayName)
{
    internal void WriteTo(XmlWriter writer, string element) => writer.Group(element, this, static (w, owner) => owner.WriteContent(w));

    internal void WriteContent(XmlWriter writer)
    {
        writer.Text("ID", Id);
        writer.Text("DisplayName", DisplayName);
    }
}
