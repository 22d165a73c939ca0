using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeCache.Shared.Replication;

/// <summary>
/// How an edge tells the origin of a copy's destination where the source lives, when that is another region: the edge knows all regions and how to
/// reach them. The statement is bound to the request and to the source's bucket by a MAC; without the cluster secret nobody can make one.
/// Format of the header: <c>region;S3-URL;unix-seconds;hex-mac</c>.
/// </summary>
public sealed class CopySourceStatement
{
    /// <summary>The request header that carries the statement.</summary>
    public const string Header = "x-edgecache-copy-source";

    /// <summary>How far apart the clocks of edge and origin may be.</summary>
    public static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    private readonly byte[] _key;

    /// <summary>Derives the MAC key of a deployment.</summary>
    public CopySourceStatement(string clusterSecret) =>
        _key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(clusterSecret), "edgecache copy source v1"u8);

    /// <summary>Makes the header's value for one request.</summary>
    /// <param name="place">Where the source's bucket lives.</param>
    /// <param name="bucket">The source's bucket.</param>
    /// <param name="now">The current time.</param>
    /// <param name="method">The request method.</param>
    /// <param name="rawTarget">The request target exactly as sent.</param>
    public string Sign(CopySourcePlace place, string bucket, DateTimeOffset now, string method, string rawTarget)
    {
        var (url, seconds) = (place.S3Url.GetLeftPart(UriPartial.Authority), now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        return $"{place.Region};{url};{seconds};{Mac(place.Region, url, seconds, bucket, method, rawTarget)}";
    }

    /// <summary>The place that a header's value states; null when it is malformed, too old, for another request or bucket, or not made with the cluster secret.</summary>
    public CopySourcePlace? Verify(string header, string bucket, DateTimeOffset now, string method, string rawTarget)
    {
        var fields = header.Split(';');
        if (fields.Length != 4 || !long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ||
            Math.Abs(now.ToUnixTimeSeconds() - seconds) > (long)MaxSkew.TotalSeconds)
        {
            return null;
        }

        var expected = Mac(fields[0], fields[1], fields[2], bucket, method, rawTarget);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(fields[3])) &&
            Uri.TryCreate(fields[1], UriKind.Absolute, out var url)
                ? new CopySourcePlace(fields[0], url)
                : null;
    }

    private string Mac(string region, string url, string seconds, string bucket, string method, string rawTarget) => Convert.ToHexStringLower(
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{region}\n{url}\n{seconds}\n{bucket}\n{method}\n{rawTarget}")));
}

/// <summary>A region that has the source of a copy.</summary>
/// <param name="Region">Its name.</param>
/// <param name="S3Url">Its origin's S3 listener.</param>
public sealed record CopySourcePlace(string Region, Uri S3Url);
