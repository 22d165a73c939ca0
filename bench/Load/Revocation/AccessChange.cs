namespace EdgeCache.Load.Revocation;

/// <summary>A change that takes access away, of one kind, ready to be made.</summary>
/// <param name="Reads">Each makes a read that is allowed before the change and refused after it, for one edge.</param>
/// <param name="RevokeAsync">Makes the change; returns once it is acknowledged.</param>
/// <param name="RestoreAsync">Undoes it, so that the next change of the kind finds access again.</param>
internal sealed record AccessChange(IReadOnlyList<Func<Uri, HttpRequestMessage>> Reads, Func<Task> RevokeAsync, Func<Task> RestoreAsync);
