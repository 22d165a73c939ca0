namespace EdgeCache.Shared.SigV4;

/// <summary>What a signing key is good for
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html">the credential's scope</see>).</summary>
/// <param name="Date">The UTC day, <c>yyyyMMdd</c>.</param>
/// <param name="Region">Any region name; the client chooses, the signature covers it.</param>
/// <param name="Service"><c>s3</c> for all that this store serves.</param>
public sealed record SigV4Scope(string Date, string Region, string Service)
{
    /// <summary>The last part of every scope.</summary>
    public const string Terminator = "aws4_request";

    /// <summary>The service name of S3.</summary>
    public const string S3 = "s3";

    /// <summary>The scope as a string to sign has it: <c>date/region/service/aws4_request</c>.</summary>
    public override string ToString() => $"{Date}/{Region}/{Service}/{Terminator}";
}
