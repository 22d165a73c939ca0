namespace EdgeCache.Edge.Storage;

/// <summary>On whose account bytes are stored.</summary>
/// <param name="Organization">Who owns the bucket; empty when that is not known.</param>
/// <param name="Reader">A hash of who had them fetched.</param>
/// <param name="Shared">Whether another reader wanted them too while they were fetched.</param>
/// <param name="IsOrdered">Whether an operator has ordered them: they pass the write budget, and probation.</param>
internal readonly record struct Origination(string Organization, byte Reader, bool Shared, bool IsOrdered = false);
