using System.Collections.Immutable;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Shared.S3;

/// <summary>
/// The <c>x-amz-grant-*</c> headers of requests that create or change an ACL
/// (<see href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html">PutObjectAcl, access permissions</see>):
/// <c>id="organization"</c> or <c>uri="group"</c>, several separated by commas.
/// </summary>
public static class GrantHeaders
{
    /// <summary>The most grants of an ACL.</summary>
    public const int MaxGrants = 100;

    /// <summary>The group of everyone.</summary>
    public const string AllUsersUri = "http://acs.amazonaws.com/groups/global/AllUsers";

    /// <summary>The group of every caller with an access key.</summary>
    public const string AuthenticatedUsersUri = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

    private static readonly (string Header, AclPermission Permission)[] Headers =
    [
        ("x-amz-grant-read", AclPermission.Read),
        ("x-amz-grant-write", AclPermission.Write),
        ("x-amz-grant-read-acp", AclPermission.ReadAcp),
        ("x-amz-grant-write-acp", AclPermission.WriteAcp),
        ("x-amz-grant-full-control", AclPermission.FullControl),
    ];

    /// <summary>
    /// Reads the headers: InvalidArgument for what is no list of grantees, UnresolvableGrantByEmailAddress for a grantee named by mail address,
    /// InvalidRequest for more than <see cref="MaxGrants"/>.
    /// </summary>
    /// <param name="header">The value of a request header, by lower-case name; null when absent.</param>
    /// <param name="grants">The grants; null when there is none of the headers.</param>
    public static S3Error? TryParse(Func<string, string?> header, out ImmutableArray<AclGrant>? grants)
    {
        grants = null;
        ImmutableArray<AclGrant>.Builder? found = null;
        foreach (var (name, permission) in Headers)
        {
            if (header(name) is not { Length: > 0 } value)
            {
                continue;
            }

            found ??= ImmutableArray.CreateBuilder<AclGrant>();
            foreach (var part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (TryParseGrantee(name, part, out var grantee) is { } error)
                {
                    return error;
                }

                found.Add(new AclGrant(grantee!, permission));
            }
        }

        if (found?.Count > MaxGrants)
        {
            return new S3Error(S3ErrorCode.InvalidRequest, $"An ACL can have {MaxGrants} grants at most.");
        }

        grants = found?.ToImmutable();
        return null;
    }

    /// <summary>The group of that name; InvalidArgument when there is none.</summary>
    internal static S3Error? TryParseGroup(string uri, out AclGrantee? group)
    {
        group = uri switch
        {
            AllUsersUri => AclGrantee.AllUsers,
            AuthenticatedUsersUri => AclGrantee.AuthenticatedUsers,
            _ => null,
        };
        return group is null ? new S3Error(S3ErrorCode.InvalidArgument, "Invalid group uri", [new("ArgumentName", "uri"), new("ArgumentValue", uri)]) : null;
    }

    private static S3Error? TryParseGrantee(string header, string text, out AclGrantee? grantee)
    {
        grantee = null;
        var equals = text.IndexOf('=');
        var value = equals < 0 ? string.Empty : text[(equals + 1)..].Trim().Trim('"');
        switch (equals < 0 ? string.Empty : text[..equals].Trim().ToLowerInvariant())
        {
            case "id" when value.Length > 0:
                grantee = AclGrantee.Organization(value);
                return null;
            case "uri":
                return TryParseGroup(value, out grantee);
            case "emailaddress":
                return S3ErrorCode.UnresolvableGrantByEmailAddress;
            default:
                return new S3Error(S3ErrorCode.InvalidArgument, "Argument format not recognized", [new("ArgumentName", header), new("ArgumentValue", text)]);
        }
    }
}
