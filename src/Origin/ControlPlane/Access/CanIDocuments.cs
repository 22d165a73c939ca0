namespace EdgeCache.Origin.ControlPlane.Access;

/// <summary>The question whether something would be allowed.</summary>
/// <param name="Action">For what, e.g. <c>s3:GetObject</c> or <c>cwobject:CreateAccessKey</c>. Required.</param>
/// <param name="Resource">On what: <c>bucket</c>, <c>bucket/key</c>, or either after <c>arn:aws:s3:::</c>; absent or <c>*</c> for actions above buckets.</param>
/// <param name="PrincipalName">For whom; the caller's own principal when absent.</param>
/// <param name="Groups">The principal's groups; when absent, the caller's own groups for itself, and none for another.</param>
/// <param name="AccessLevel">The level of the key that would be used; full when absent.</param>
/// <param name="Context">Values of condition keys, e.g. <c>{"aws:SourceIp": "10.1.2.3"}</c>; what is absent is absent from the request.</param>
internal sealed record CanIRequest(
    string? Action,
    string? Resource = null,
    string? PrincipalName = null,
    IReadOnlyList<string>? Groups = null,
    string? AccessLevel = null,
    IReadOnlyDictionary<string, string>? Context = null);

/// <summary>The answer.</summary>
/// <param name="Allowed">Whether it would be allowed.</param>
/// <param name="Reason">Why.</param>
/// <param name="Policy">The policy that decided: <c>access-policy/&lt;name&gt;</c> or <c>bucket-policy</c>; null when none did.</param>
/// <param name="Statement">The statement of that policy that decided, by its name or Sid, else as <c>statement 2</c>; null when none did.</param>
internal sealed record CanIAnswer(bool Allowed, string Reason, string? Policy, string? Statement);
