using System.Text.Json;

namespace EdgeCache.Origin.ControlPlane.AccessPolicies;

/// <summary>The request to apply an access policy.</summary>
/// <param name="Policy">The policy, as <see cref="AccessPolicyDocument"/> describes it. Required.</param>
internal sealed record EnsureAccessPolicyRequest([property: DescribedBy(typeof(AccessPolicyDocument))] JsonElement Policy);

/// <summary>The organization's access policies, each as it was put.</summary>
internal sealed record AccessPolicyListAnswer([property: DescribedBy(typeof(AccessPolicyDocument))] IReadOnlyList<JsonElement> Policies);

/// <summary>An access policy: read by the evaluator's own parser, and described here for the API's description and its examples.</summary>
/// <param name="Version"><c>v1alpha1</c>.</param>
/// <param name="Name">Its name, unique in the organization: a policy of the same name is replaced.</param>
/// <param name="Statements">What is allowed and denied, in any order: a Deny wins over every Allow, and what nothing allows is denied.</param>
internal sealed record AccessPolicyDocument(string Version, string Name, IReadOnlyList<AccessPolicyStatementDocument> Statements);

/// <summary>A statement of an access policy.</summary>
/// <param name="Name">Its name, which answers and errors refer to.</param>
/// <param name="Effect"><c>Allow</c> or <c>Deny</c>.</param>
/// <param name="Actions">E.g. <c>s3:GetObject</c>, <c>s3:*</c>, <c>cwobject:CreateAccessKey</c>, <c>*</c>.</param>
/// <param name="Resources"><c>*</c>, <c>bucket</c>, <c>bucket/prefix*</c>; only <c>*</c> for cwobject actions.</param>
/// <param name="Principals">Names in short form, e.g. <c>coreweave/abc</c>, <c>saml/role</c>, <c>static/*</c>, <c>*</c>.</param>
internal sealed record AccessPolicyStatementDocument(
    string Name, string Effect, IReadOnlyList<string> Actions, IReadOnlyList<string> Resources, IReadOnlyList<string> Principals);
