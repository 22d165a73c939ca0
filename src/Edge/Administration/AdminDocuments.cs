using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeCache.Edge.Administration.Warming;
using EdgeCache.Shared.Replication;

namespace EdgeCache.Edge.Administration;

/// <summary>An error answer of the admin API.</summary>
internal sealed record AdminError(string Code, string Message, string RequestId);

/// <summary>What an edge has of an object.</summary>
/// <param name="Key">The key.</param>
/// <param name="VersionId">The version id; empty when the bucket was never versioned.</param>
/// <param name="ETag">The entity tag without quotes.</param>
/// <param name="Generation">The identity of the bytes.</param>
/// <param name="Size">The object's length, in bytes.</param>
/// <param name="ResidentBytes">How many of them are in the cache.</param>
/// <param name="IsPinned">Whether eviction passes them by.</param>
internal sealed record ObjectResidency(string Key, string VersionId, string ETag, string Generation, long Size, long ResidentBytes, bool IsPinned);

/// <summary>A page of residency.</summary>
/// <param name="Edge">The edge that answers.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="Objects">The objects, in byte order of their keys.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; absent on the last.</param>
internal sealed record ResidencyPage(string Edge, string Bucket, IReadOnlyList<ObjectResidency> Objects, string? Next);

/// <summary>What is to be dropped: exactly one of key, prefix and all.</summary>
internal sealed record PurgeRequest(string? Bucket, string? Key, string? Prefix, bool? All);

/// <summary>What was dropped.</summary>
/// <param name="Objects">How many objects, or versions of objects, were looked at.</param>
/// <param name="Chunks">How many pieces of them were dropped; what is pinned stays.</param>
internal sealed record PurgeResult(long Objects, long Chunks);

/// <summary>A pin to be set.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The key.</param>
/// <param name="VersionId">The version; the current one when absent.</param>
/// <param name="ExpiresInSeconds">For how long; until it is released when absent.</param>
internal sealed record PinRequest(string? Bucket, string? Key, string? VersionId, long? ExpiresInSeconds);

/// <summary>A pin.</summary>
internal sealed record PinDocument(
    string Bucket, string Key, string VersionId, string Generation, long Size, DateTimeOffset PinnedAt, DateTimeOffset? ExpiresAt, string By);

/// <summary>All pins of an edge.</summary>
/// <param name="Pins">The pins.</param>
/// <param name="PinnedBytes">The sizes of what is pinned, together.</param>
/// <param name="MaxPinnedBytes">How much may be pinned.</param>
internal sealed record PinList(IReadOnlyList<PinDocument> Pins, long PinnedBytes, long MaxPinnedBytes);

/// <summary>Whether the edge drains.</summary>
/// <param name="IsDraining">Whether it does.</param>
/// <param name="Since">Since when.</param>
/// <param name="RequestsInFlight">How many S3 requests are being served.</param>
internal sealed record DrainStatus(bool IsDraining, DateTimeOffset? Since, int RequestsInFlight);

/// <summary>The JSON of the admin API.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(GenerationJsonConverter)])]
[JsonSerializable(typeof(AdminError))]
[JsonSerializable(typeof(ResidencyPage))]
[JsonSerializable(typeof(PurgeRequest))]
[JsonSerializable(typeof(PurgeResult))]
[JsonSerializable(typeof(PinRequest))]
[JsonSerializable(typeof(PinDocument))]
[JsonSerializable(typeof(PinList))]
[JsonSerializable(typeof(DrainStatus))]
[JsonSerializable(typeof(WarmRequest))]
[JsonSerializable(typeof(WarmStatus))]
[JsonSerializable(typeof(WarmList))]
[JsonSerializable(typeof(WarmObjectPage))]
internal sealed partial class AdminJson : JsonSerializerContext;
