using EdgeCache.Shared.Iam.Policies;

namespace EdgeCache.Shared.Tests.Iam.Policies;

/// <summary>Every way in which a policy can be wrong, with the problem that is told. Single quotes stand for double ones.</summary>
public sealed class MalformedPolicyTests
{
    private const string Good = "'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'";
    private const string GoodAccess = "'name':'s','effect':'Allow','actions':['s3:GetObject'],'resources':['*'],'principals':['*']";

    [Theory]
    [InlineData("", null, "valid JSON")]
    [InlineData("nonsense", null, "valid JSON")]
    [InlineData("[]", null, "valid JSON")]
    [InlineData("'text'", null, "valid JSON")]
    [InlineData("{", null, "valid JSON")]
    [InlineData("{} {}", null, "valid JSON")]
    [InlineData("{'Statement':[{" + Good + "},]}", null, "valid JSON")]
    [InlineData("/* c */ {}", null, "valid JSON")]
    [InlineData("{'Id':'\\ud800','Statement':{" + Good + "}}", null, "valid JSON")]
    [InlineData("{'\\ud800':1}", null, "valid JSON")]
    [InlineData("{'Statement':{'Condition':{'a':{'b':{'c':{'d':{'e':{'f':{'g':{'h':{'i':{'j':1}}}}}}}}}}}}}", null, "valid JSON")]
    [InlineData("{'Statement':{" + Good + "},'Statement':{" + Good + "}}", null, "occurs twice")]
    [InlineData("{'Statement':{" + Good + ",'Effect':'Deny'}}", null, "occurs twice")]
    [InlineData("{}", null, "Missing required field Statement")]
    [InlineData("{'Version':'2012-10-17','Statement':[]}", null, "Statement is empty")]
    [InlineData("{'Version':'2012-10-17','Statement':'x'}", null, "Statement must be")]
    [InlineData("{'Version':'2012-10-18','Statement':{" + Good + "}}", null, "valid version string")]
    [InlineData("{'Version':2012,'Statement':{" + Good + "}}", null, "valid version string")]
    [InlineData("{'Id':1,'Statement':{" + Good + "}}", null, "Id must be a string")]
    [InlineData("{'Nope':1,'Statement':{" + Good + "}}", null, "Unknown field Nope")]
    [InlineData("{'statement':{" + Good + "}}", null, "Unknown field statement")]
    [InlineData("{'Statement':[1]}", "statement 1", "must be a JSON object")]
    [InlineData("{'Statement':[{" + Good + "},{'Sid':'second'," + Good + ",'Nope':1}]}", "second", "Unknown field Nope")]
    [InlineData("{'Statement':[{" + Good + "},{" + Good + ",'effect':'Allow'}]}", "statement 2", "Unknown field effect")]
    [InlineData("{'Statement':{'Sid':1," + Good + "}}", "statement 1", "Sid must be a string")]
    [InlineData("{'Statement':[{'Sid':'a'," + Good + "},{'Sid':'a'," + Good + "}]}", "a", "must be unique")]
    [InlineData("{'Statement':{'Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Missing required field Effect")]
    [InlineData("{'Statement':{'Effect':'Allow','Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Missing required field Principal")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Missing required field Action")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:GetObject'}}", "statement 1", "Missing required field Resource")]
    [InlineData("{'Statement':{'Effect':'allow','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Invalid effect: allow")]
    [InlineData("{'Statement':{'Effect':['Allow'],'Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Invalid effect")]
    [InlineData("{'Statement':{" + Good + ",'NotAction':'s3:PutObject'}}", "statement 1", "either Action or NotAction")]
    [InlineData("{'Statement':{" + Good + ",'NotResource':'arn:aws:s3:::bkt/*'}}", "statement 1", "either Resource or NotResource")]
    [InlineData("{'Statement':{" + Good + ",'NotPrincipal':{'AWS':'org-b'}}}", "statement 1", "either Principal or NotPrincipal")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:Nope','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "invalid action: s3:Nope")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:Nope*','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "invalid action")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':['s3:GetObject','GetObject'],'Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "invalid action: GetObject")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'ec2:*','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "invalid action")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'cwobject:CreateAccessKey','Resource':'*'}}", "statement 1", "belongs in an access policy")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':[],'Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "must not be an empty list")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "must not be empty")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':1,'Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "must be a string")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':[['s3:GetObject']],'Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "must be a string")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::other/*'}}", "statement 1", "invalid resource: arn:aws:s3:::other/*")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt2/*'}}", "statement 1", "invalid resource")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':['arn:aws:s3:::bkt/*','arn:aws:s3:::bk/*']}}", "statement 1", "invalid resource")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'bkt/*'}}", "statement 1", "invalid resource")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:ec2:::bkt/*'}}", "statement 1", "invalid resource")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::'}}", "statement 1", "invalid resource")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::${aws:username}/*'}}", "statement 1", "invalid resource")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':'org-b','Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Invalid principal")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':{},'Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Invalid principal")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':{'AWS':''},'Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "AWS must not be empty")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':{'AWS':[]},'Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "empty list")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':{'AWS':'a b'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Invalid principal")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':{'AWS':'org-*'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Invalid principal")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::org-b:user/*'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Invalid principal")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::org-b:group/x'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Invalid principal")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam:::root'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Invalid principal")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':{'AWS':'arn:aws:sts::org-b:assumed-role/r/s'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Invalid principal")]
    [InlineData("{'Statement':{'Effect':'Allow','Principal':{'Service':'s3.amazonaws.com'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Service principals")]
    [InlineData("{'Statement':{'Effect':'Allow','NotPrincipal':{'AWS':'org-b'},'Action':'s3:GetObject','Resource':'arn:aws:s3:::bkt/*'}}", "statement 1", "Allow with NotPrincipal")]
    [InlineData("{'Statement':{" + Good + ",'Condition':[]}}", "statement 1", "Condition must be")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'StringIs':{'aws:Referer':'x'}}}}", "statement 1", "Invalid Condition type : StringIs")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'stringequals':{'aws:Referer':'x'}}}}", "statement 1", "Invalid Condition type")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'NullIfExists':{'aws:Referer':'true'}}}}", "statement 1", "Invalid Condition type")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'ForSomeValues:StringEquals':{'aws:Referer':'x'}}}}", "statement 1", "Invalid Condition type")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'StringEquals':'x'}}}", "statement 1", "JSON object of condition keys")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'StringEquals':{'aws:Nope':'x'}}}}", "statement 1", "invalid condition key: aws:Nope")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'StringEquals':{'s3:ExistingObjectTag/':'x'}}}}", "statement 1", "invalid condition key")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'StringEquals':{'iam::groups':'x'}}}}", "statement 1", "invalid condition key")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'StringEquals':{'aws:Referer':[]}}}}", "statement 1", "empty list")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'StringEquals':{'aws:Referer':null}}}}", "statement 1", "must be a string, a number or a truth value")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'StringEquals':{'aws:Referer':{'x':'y'}}}}}", "statement 1", "must be a string, a number or a truth value")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'NumericEquals':{'s3:max-keys':'ten'}}}}", "statement 1", "Invalid value of s3:max-keys for NumericEquals: ten")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'DateLessThan':{'aws:CurrentTime':'tomorrow'}}}}", "statement 1", "Invalid value")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'DateLessThan':{'aws:CurrentTime':'2026-13-01'}}}}", "statement 1", "Invalid value")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'Bool':{'aws:SecureTransport':'yes'}}}}", "statement 1", "Invalid value")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'Null':{'aws:Referer':'maybe'}}}}", "statement 1", "Invalid value")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'BinaryEquals':{'aws:Referer':'*'}}}}", "statement 1", "Invalid value")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'IpAddress':{'aws:SourceIp':'10.0.0.0/33'}}}}", "statement 1", "Invalid value")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'IpAddress':{'aws:SourceIp':'10.0.0'}}}}", "statement 1", "Invalid value")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'IpAddress':{'aws:SourceIp':'host.example'}}}}", "statement 1", "Invalid value")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'IpAddress':{'aws:SourceIp':'2001:db8::/129'}}}}", "statement 1", "Invalid value")]
    [InlineData("{'Statement':{" + Good + ",'Condition':{'ArnLike':{'aws:PrincipalArn':'org-a'}}}}", "statement 1", "Invalid value")]
    public void Bucket_policies(string json, string? statement, string message) =>
        AssertProblem(BucketPolicy.TryParse(json.Replace('\'', '"'), "bkt", out var policy), policy, statement, message);

    [Theory]
    [InlineData("[]", null, "valid JSON")]
    [InlineData("{'name':'p','statements':[{" + GoodAccess + "}]}", null, "Missing required field version")]
    [InlineData("{'version':'v1','name':'p','statements':[{" + GoodAccess + "}]}", null, "version must be")]
    [InlineData("{'version':'v1alpha1','statements':[{" + GoodAccess + "}]}", null, "Missing required field name")]
    [InlineData("{'version':'v1alpha1','name':'','statements':[{" + GoodAccess + "}]}", null, "Invalid name")]
    [InlineData("{'version':'v1alpha1','name':'a/b','statements':[{" + GoodAccess + "}]}", null, "Invalid name: a/b")]
    [InlineData("{'version':'v1alpha1','name':'-a','statements':[{" + GoodAccess + "}]}", null, "Invalid name")]
    [InlineData("{'version':'v1alpha1','name':7,'statements':[{" + GoodAccess + "}]}", null, "Invalid name")]
    [InlineData("{'version':'v1alpha1','name':'p'}", null, "Missing required field statements")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[]}", null, "empty list")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':{" + GoodAccess + "}}", null, "must be a list")]
    [InlineData("{'version':'v1alpha1','name':'p','Statement':[]}", null, "Unknown field Statement")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[7]}", "statement 1", "must be a JSON object")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{" + GoodAccess + "},{'effect':'Allow'}]}", "statement 2", "Missing required field name")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{" + GoodAccess + "},{" + GoodAccess + "}]}", "s", "must be unique")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','actions':['s3:GetObject'],'resources':['*'],'principals':['*']}]}", "s", "Missing required field effect")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','resources':['*'],'principals':['*']}]}", "s", "Missing required field actions")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['*'],'principals':['*']}]}", "s", "Missing required field resources")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['*'],'resources':['*']}]}", "s", "Missing required field principals")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':[],'resources':['*'],'principals':['*']}]}", "s", "empty list")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':'*','resources':['*'],'principals':['*']}]}", "s", "list of strings")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'ALLOW','actions':['*'],'resources':['*'],'principals':['*']}]}", "s", "Invalid effect: ALLOW")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['s3:Nope'],'resources':['*'],'principals':['*']}]}", "s", "invalid action: s3:Nope")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['cwobject:CreateAccessKey'],'resources':['bkt'],'principals':['*']}]}", "s", "must be used with the resource")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['s3:GetObject','cwobject:*'],'resources':['*','bkt'],'principals':['*']}]}", "s", "cwobject:*")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['*'],'resources':['/bkt'],'principals':['*']}]}", "s", "invalid resource: /bkt")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['*'],'resources':['s3://bkt/x'],'principals':['*']}]}", "s", "invalid resource")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['*'],'resources':['arn:aws:ec2:::x'],'principals':['*']}]}", "s", "invalid resource")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['*'],'resources':['*'],'principals':['arn:aws:iam::o:user/x']}]}", "s", "not ARNs")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['*'],'resources':['*'],'principals':['ann']}]}", "s", "Invalid principal in policy: ann")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['*'],'resources':['*'],'principals':['coreweave/']}]}", "s", "Invalid principal")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['*'],'resources':['*'],'principals':['coreweave/a*b']}]}", "s", "Invalid principal")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['*'],'resources':['*'],'principals':['coreweave*']}]}", "s", "Invalid principal")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{'name':'s','effect':'Allow','actions':['*'],'resources':['*'],'principals':['edge/LGA1']}]}", "s", "Invalid principal")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{" + GoodAccess + ",'conditions':{'Bool':{'aws:Nope':true}}}]}", "s", "invalid condition key")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{" + GoodAccess + ",'conditions':{},'condition':{}}]}", "s", "either conditions or condition")]
    [InlineData("{'version':'v1alpha1','name':'p','statements':[{" + GoodAccess + ",'notActions':['*']}]}", "s", "Unknown field notActions")]
    public void Access_policies(string json, string? statement, string message) =>
        AssertProblem(AccessPolicy.TryParse(json.Replace('\'', '"'), out var policy), policy, statement, message);

    [Fact]
    public void Sizes_are_bounded()
    {
        static string Policy(int padding, int statements = 1) => "{\"Id\":\"" + new string('x', padding) + "\",\"Statement\":[" +
            string.Join(',', Enumerable.Repeat("{" + Good.Replace('\'', '"') + "}", statements)) + "]}";
        var spare = BucketPolicy.MaxBytes - Policy(0).Length;
        Assert.Null(BucketPolicy.TryParse(Policy(spare), "bkt", out _));
        Assert.Contains("maximum allowed document size", BucketPolicy.TryParse(Policy(spare + 1), "bkt", out _)!.Message, StringComparison.Ordinal);
        Assert.NotNull(BucketPolicy.TryParse(Policy(spare - 2).Replace("xxx", "€€", StringComparison.Ordinal), "bkt", out _));
        Assert.Null(BucketPolicy.TryParse(Policy(0, 150), "bkt", out _));
        Assert.Contains("at most 200 statements", BucketPolicy.TryParse(
            "{\"Statement\":[" + string.Join(',', Enumerable.Repeat("{}", 201)) + "]}", "bkt", out _)!.Message, StringComparison.Ordinal);
    }

    private static void AssertProblem(PolicyProblem? problem, object? policy, string? statement, string message)
    {
        Assert.NotNull(problem);
        Assert.Null(policy);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(statement, problem.Statement);
    }
}
