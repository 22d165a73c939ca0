namespace EdgeCache.Origin.Catalog;

/// <summary>The database can't be used; the message says why in one line.</summary>
internal sealed class CatalogOpenException(string message, Exception? inner = null) : Exception(message, inner);
