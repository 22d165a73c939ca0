using System.Collections.Immutable;
using System.Text.Json;
using EdgeCache.Shared.Iam;
using EdgeCache.Shared.Iam.Conditions;
using EdgeCache.Shared.Iam.Policies;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Shared.Tests.Iam.Policies;

/// <summary>Forms that policies may have, what survives the way between tiers, and what is public.</summary>
public sealed class PolicyFormTests
{
    [Theory]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}")]
    [InlineData("{'Version':'2008-10-17','Id':'x','Statement':[{'Sid':'','Effect':'Allow','Principal':{'AWS':'*'},'Action':['s3:GetObject'],'Resource':['arn:aws:s3:::bkt/*']}]}")]
    [InlineData("{'Version':'2012-10-17','Statement':[{'Effect':'Deny','NotPrincipal':{'AWS':['org-a','arn:aws:iam::org-b:user/saml/x']},'NotAction':'s3:Get*','NotResource':'arn:aws:s3:::bkt/x'}]}")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':{'CanonicalUser':'org-b'},'Action':'s3:*','Resource':'arn:aws:s3:::*'}}")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':['arn:aws:s3:::*/*','arn:aws:s3:::b?t/x','*']}}")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt*','Condition':{'NumericLessThan':{'s3:max-keys':5},'Bool':{'aws:SecureTransport':true},'Null':{'aws:Referer':[true,'false']}}}}")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*','Condition':{}}}")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:PutObject','Resource':'arn:aws:s3:::bkt'}}")]
    public void Bucket_policies_may_look_like_this(string json) =>
        Assert.Null(BucketPolicy.TryParse(json.Replace('\'', '"'), "bkt", out _));

    [Fact]
    public void Every_operator_of_the_grammar_is_there()
    {
        string[] bases =
        [
            "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
            "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
            "DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
            "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike",
        ];
        Assert.Equal(bases.Append("Null").Order(StringComparer.Ordinal), ConditionCompiler.OperatorNames.Order(StringComparer.Ordinal));
        foreach (var name in bases)
        {
            Assert.True(ConditionCompiler.IsOperator(name));
            Assert.True(ConditionCompiler.IsOperator(name + "IfExists"));
            Assert.True(ConditionCompiler.IsOperator("ForAllValues:" + name));
            Assert.True(ConditionCompiler.IsOperator("ForAnyValue:" + name + "IfExists"));
        }
    }

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("org-b", "", false)]
    [InlineData("*", "'StringEquals':{'aws:PrincipalOrgID':'org-b'}", false)]
    [InlineData("*", "'StringLike':{'aws:username':'coreweave/ann'}", false)]
    [InlineData("*", "'StringLike':{'aws:username':'coreweave/*'}", true)]
    [InlineData("*", "'StringNotEquals':{'aws:username':'coreweave/ann'}", true)]
    [InlineData("*", "'StringEqualsIfExists':{'aws:username':'coreweave/ann'}", true)]
    [InlineData("*", "'ForAllValues:StringEquals':{'iam:org-b:groups':'ml'}", true)]
    [InlineData("*", "'ForAnyValue:StringEquals':{'iam:org-b:groups':'ml'}", false)]
    [InlineData("*", "'IpAddress':{'aws:SourceIp':'10.0.0.0/32'}", false)]
    [InlineData("*", "'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}", false)]
    [InlineData("*", "'IpAddress':{'aws:SourceIp':'10.0.0.0/7'}", true)]
    [InlineData("*", "'IpAddress':{'aws:SourceIp':['10.0.0.0/8','0.0.0.0/0']}", true)]
    [InlineData("*", "'IpAddress':{'aws:SourceIp':'2001:db8::/32'}", false)]
    [InlineData("*", "'IpAddress':{'aws:SourceIp':'2001::/16'}", true)]
    [InlineData("*", "'NotIpAddress':{'aws:SourceIp':'10.0.0.0/8'}", true)]
    [InlineData("*", "'StringEquals':{'aws:Referer':'https://a.example/'}", true)]
    [InlineData("*", "'Bool':{'aws:SecureTransport':'true'}", true)]
    [InlineData("*", "'StringEquals':{'aws:Referer':'x','aws:PrincipalAccount':'org-b'}", false)]
    public void Public_is_what_s3_calls_public(string principal, string conditions, bool isPublic)
    {
        var who = principal == "*" ? "'*'" : $"{{'AWS':'{principal}'}}";
        var json = $"{{'Statement':{{'Effect':'Allow','Principal':{who},'Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*','Condition':{{{conditions}}}}}}}";
        Assert.Null(BucketPolicy.TryParse(json.Replace('\'', '"'), "bkt", out var policy));
        Assert.Equal(isPublic, policy!.IsPublic);
        Assert.Null(BucketPolicy.TryParse(json.Replace('\'', '"').Replace("Allow", "Deny", StringComparison.Ordinal), "bkt", out policy));
        Assert.False(policy!.IsPublic);
    }

    [Fact]
    public void Facts_with_policies_survive_the_round_trip()
    {
        Assert.Null(BucketPolicy.TryParse(
            """{"Statement":{"Sid":"é","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bkt/*"}}""", "bkt", out var policy));
        var bucket = new BucketFacts("bkt", "ORD1", "org-a", CannedAcl.Private, BucketVersioning.Enabled, DateTimeOffset.UnixEpoch, 7)
        {
            Policy = policy,
            Grants = [new AclGrant(AclGrantee.AllUsers, AclPermission.Read), new AclGrant(AclGrantee.Organization("org-b"), AclPermission.WriteAcp)],
        };
        var read = JsonSerializer.Deserialize(JsonSerializer.Serialize(bucket, InternalJson.Default.BucketFacts), InternalJson.Default.BucketFacts)!;
        Assert.Equal(policy, read.Policy);
        Assert.Equal(bucket.Grants!.Value.ToArray(), read.Grants!.Value.ToArray());
        Assert.Equal(bucket, read with { Grants = bucket.Grants });

        var organization = new OrganizationFacts
        {
            Id = "org-a",
            Policies = [AccessPolicy.AllowEverything],
            AuditedBuckets = ["a"],
            QuotaBytes = ImmutableSortedDictionary<string, long>.Empty.Add("ORD1", 5),
            Audit = new OrganizationAudit(true, false),
            AsOfSequence = 9,
        };
        var again = JsonSerializer.Deserialize(
            JsonSerializer.Serialize(organization, InternalJson.Default.OrganizationFacts), InternalJson.Default.OrganizationFacts)!;
        Assert.Equal(organization.Policies.ToArray(), again.Policies.ToArray());
        Assert.Equal(5, again.QuotaBytes["ORD1"]);
        Assert.Equal(organization.Audit, again.Audit);
        Assert.Equal(["a"], again.AuditedBuckets.ToArray());
    }

    [Fact]
    public void Tags_that_differ_in_case_differ_after_the_round_trip()
    {
        var version = new VersionFacts
        {
            Bucket = "b", Key = "k", Generation = new(1, 2), VersionId = "", Tags = ImmutableSortedDictionary.CreateRange(
                StringComparer.Ordinal, [KeyValuePair.Create("a", "1"), KeyValuePair.Create("A", "2")]),
        };
        var read = JsonSerializer.Deserialize(JsonSerializer.Serialize(version, InternalJson.Default.VersionFacts), InternalJson.Default.VersionFacts)!;
        Assert.Equal("1", read.Tags["a"]);
        Assert.Equal("2", read.Tags["A"]);
        Assert.False(read.Tags.ContainsKey("nope"));
    }
}
