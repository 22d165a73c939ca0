using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeCache.Shared.Iam;

namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>The JSON that columns hold.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ImmutableArray<AclGrant>))]
[JsonSerializable(typeof(ImmutableSortedDictionary<string, string>))]
[JsonSerializable(typeof(CompletionRow))]
internal sealed partial class RowJson : JsonSerializerContext;
