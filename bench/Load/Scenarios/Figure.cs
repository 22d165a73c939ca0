namespace EdgeCache.Load.Scenarios;

/// <summary>One number that a scenario found in one round.</summary>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Name">What it is, with the unit, e.g. <c>PUT GB/s</c>.</param>
/// <param name="Round">The round, from 1.</param>
/// <param name="Value">The number.</param>
internal sealed record Figure(string Scenario, string Name, int Round, double Value);
