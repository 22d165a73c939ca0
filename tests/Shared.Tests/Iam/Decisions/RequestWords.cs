using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.Replication;
using EdgeCache.Shared.S3;
using EdgeCache.Shared.SigV4;
using EdgeCache.Shared.Tests.SigV4;

namespace EdgeCache.Shared.Tests.Iam.Decisions;

/// <summary>Makes a request of the table's words. The bucket is <c>bkt</c> of <c>org-a</c> unless a word says otherwise.</summary>
internal sealed class RequestWords
{
    public const string BucketName = "bkt";
    public const string Owner = "org-a";

    private readonly TestRequest _http = new();
    private readonly List<string> _query = [];
    private AccessLevel _level = AccessLevel.Full;
    private ImmutableArray<string> _groups = [];
    private CannedAcl _acl;
    private ImmutableArray<AclGrant>? _grants;
    private string _objectOwner = Owner;
    private CannedAcl _objectAcl;
    private ImmutableArray<AclGrant>? _objectGrants;
    private string _object = "known";
    private string _organization = "known";
    private ImmutableSortedDictionary<string, string> _tags = ObjectTags.None;
    private ImmutableSortedDictionary<string, string>? _requestTags;
    private IPAddress? _address = IPAddress.Parse("192.0.2.7");
    private DateTimeOffset _now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private bool _isSecure;
    private string? _tls;
    private string? _location;
    private string? _version;
    private SigV4Claim? _claim;
    private bool _isAdmin;
    private bool _isUnreadable;
    private bool _hasConditions = true;
    private bool _hasBucket = true;
    private PublicAccessBlock? _block;
    private ObjectOwnership? _ownership;

    public RequestWords(IEnumerable<string> words)
    {
        foreach (var word in words)
        {
            Take(word);
        }
    }

    /// <summary>The request of a caller (<c>anonymous</c>, <c>edge</c> or <c>org/kind/name</c>).</summary>
    public AccessRequest Request(string caller, string action, string resource, IEnumerable<AccessPolicy> access, BucketPolicy? policy)
    {
        var principal = Caller(caller);
        var slash = resource.IndexOf('/', StringComparison.Ordinal);
        var bucket = resource == "-" ? string.Empty : slash < 0 ? resource : resource[..slash];
        return new AccessRequest
        {
            Principal = principal,
            Action = action,
            Organization = principal.Kind != PrincipalKind.User || _organization == "unknown" ? null : new OrganizationFacts
            {
                Id = _organization == "other" ? "org-z" : principal.OrganizationId,
                IsSuspended = _organization == "suspended",
                Policies = [.. access],
            },
            BucketName = bucket,
            Key = slash < 0 ? string.Empty : resource[(slash + 1)..],
            VersionId = _version,
            Bucket = bucket.Length == 0 || !_hasBucket
                ? null
                : new BucketFacts(bucket, "ORD1", Owner, _acl, BucketVersioning.Unversioned, DateTimeOffset.UnixEpoch, 0)
                {
                    Grants = _grants,
                    Policy = _isUnreadable ? BucketPolicy.Restore("""{"Version":"2099-01-01"}""") : policy,
                    PublicAccess = _block,
                    Ownership = _ownership,
                },
            Object = slash < 0 || _object == "none" ? null
                : _object == "absent" ? ObjectAccess.Absent
                : new ObjectAccess(_objectOwner, _objectAcl, _objectGrants) { Tags = _tags },
            Conditions = _hasConditions ? Conditions() : null,
        };
    }

    private RequestConditions Conditions()
    {
        Assert.True(S3Query.TryParse(string.Join('&', _query), out var query));
        return new RequestConditions
        {
            Now = _now,
            Request = _http,
            Query = query,
            ClientAddress = _address,
            IsSecure = _isSecure,
            TlsVersion = _tls,
            Signature = _claim,
            LocationConstraint = _location,
            RequestTags = _requestTags,
        };
    }

    private Principal Caller(string caller)
    {
        if (caller == "anonymous")
        {
            return Principal.Anonymous;
        }

        if (caller == "edge")
        {
            return new Principal("edge/LGA1", string.Empty, AccessLevel.Full, [], PrincipalKind.Edge);
        }

        var slash = caller.IndexOf('/', StringComparison.Ordinal);
        return new Principal(caller[(slash + 1)..], caller[..slash], _level, _groups, PrincipalKind.User) { IsAdmin = _isAdmin };
    }

    private void Take(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = equals < 0 ? (word, string.Empty) : (word[..equals], word[(equals + 1)..]);
        switch (name)
        {
            case "level": _level = Enum.Parse<AccessLevel>(value, ignoreCase: true); break;
            case "admin": _isAdmin = true; break;
            case "unreadable": _isUnreadable = true; break;
            case "groups": _groups = [.. value.Split(',')]; break;
            case "acl": _acl = Canned(value); break;
            case "grants": _grants = Grants(value); break;
            case "owner": _objectOwner = value; break;
            case "objectacl": _objectAcl = Canned(value); break;
            case "objectgrants": _objectGrants = Grants(value); break;
            case "object": _object = value; break;
            case "organization": _organization = value; break;
            case "nobucket": _hasBucket = false; break;
            case "noconditions": _hasConditions = false; break;
            case "ip": _address = value.Length == 0 ? null : IPAddress.Parse(value); break;
            case "now": _now = DateTimeOffset.Parse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal); break;
            case "block": _block = new PublicAccessBlock(false, value.Contains("acls", StringComparison.Ordinal), false, value.Contains("policy", StringComparison.Ordinal)); break;
            case "ownership": _ownership = Enum.Parse<ObjectOwnership>(value); break;
            case "tls": (_isSecure, _tls) = (true, value.Length == 0 ? null : value); break;
            case "location": _location = value; break;
            case "version": _version = value; break;
            case "signed": _claim = Claim(null); break;
            case "presigned": _claim = Claim(TimeSpan.FromMinutes(1)); break;
            case var tag when tag.StartsWith("tag.", StringComparison.Ordinal): _tags = _tags.Add(tag[4..], value); break;
            case var tag when tag.StartsWith("newtag.", StringComparison.Ordinal): _requestTags = (_requestTags ?? ObjectTags.None).Add(tag[7..], value); break;
            case var header when header.StartsWith("h.", StringComparison.Ordinal): _http.With(header[2..], value); break;
            case var query when query.StartsWith("q.", StringComparison.Ordinal): _query.Add($"{query[2..]}={value}"); break;
            default: throw new FormatException($"unknown word {word}");
        }
    }

    private static SigV4Claim Claim(TimeSpan? expiresIn) => new()
    {
        AccessKeyId = "AKIDEXAMPLE",
        Scope = new SigV4Scope("20260601", "ORD1", "s3"),
        SignedAt = DateTimeOffset.UnixEpoch,
        ExpiresIn = expiresIn,
        SignedHeaders = ["host"],
        Signature = string.Empty,
        PayloadKind = PayloadKind.Unsigned,
        PayloadHash = PayloadHash.Unsigned,
    };

    private static CannedAcl Canned(string name)
    {
        Assert.Null(CannedAcls.TryParse(name, out var acl));
        return acl;
    }

    // org-b:Read,all:Write,authenticated:ReadAcp; "none" for a list without entries.
    private static ImmutableArray<AclGrant> Grants(string text) => text == "none" ? [] :
    [
        .. text.Split(',').Select(static entry => entry.Split(':')).Select(static entry => new AclGrant(
            entry[0] switch
            {
                "all" => AclGrantee.AllUsers,
                "authenticated" => AclGrantee.AuthenticatedUsers,
                var id => AclGrantee.Organization(id),
            },
            Enum.Parse<AclPermission>(entry[1]))),
    ];
}
