using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace EdgeCache.Origin.Catalog.Sql;

/// <summary>The JSON that columns hold.</summary>
[JsonSerializable(typeof(ImmutableSortedDictionary<string, string>))]
[JsonSerializable(typeof(CompletionRow))]
internal sealed partial class RowJson : JsonSerializerContext;
