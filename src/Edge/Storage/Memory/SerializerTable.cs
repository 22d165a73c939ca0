using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Caching.Hybrid;

namespace EdgeCache.Edge.Storage.Memory;

/// <summary>
/// Finds the serializer of a type: one registered for it, one from a registered factory, or JSON. Strings and byte arrays are stored as they are.
/// </summary>
internal sealed class SerializerTable(IServiceProvider? services, JsonSerializerOptions json)
{
    private readonly ConcurrentDictionary<Type, object> serializers = new();

    /// <summary>The serializer of a type.</summary>
    public IHybridCacheSerializer<T> For<T>() =>
        (IHybridCacheSerializer<T>)(serializers.TryGetValue(typeof(T), out var known) ? known : serializers.GetOrAdd(typeof(T), Find<T>()));

    private IHybridCacheSerializer<T> Find<T>()
    {
        if (services?.GetService<IHybridCacheSerializer<T>>() is { } registered)
            return registered;

        foreach (var factory in services?.GetServices<IHybridCacheSerializerFactory>() ?? [])
        {
            if (factory.TryCreateSerializer<T>(out var made))
                return made;
        }

        if (typeof(T) == typeof(string))
            return (IHybridCacheSerializer<T>)(object)new TextSerializer();
        if (typeof(T) == typeof(byte[]))
            return (IHybridCacheSerializer<T>)(object)new BytesSerializer();

        return new Utf8JsonSerializer<T>(json);
    }

    private sealed class Utf8JsonSerializer<T>(JsonSerializerOptions options) : IHybridCacheSerializer<T>
    {
        public T Deserialize(ReadOnlySequence<byte> source)
        {
            var reader = new Utf8JsonReader(source);
            return JsonSerializer.Deserialize<T>(ref reader, options)!;
        }

        public void Serialize(T value, IBufferWriter<byte> target)
        {
            using var writer = new Utf8JsonWriter(target);
            JsonSerializer.Serialize(writer, value, options);
        }
    }

    private sealed class TextSerializer : IHybridCacheSerializer<string>
    {
        public string Deserialize(ReadOnlySequence<byte> source) => Encoding.UTF8.GetString(source);

        public void Serialize(string value, IBufferWriter<byte> target) => Encoding.UTF8.GetBytes(value, target);
    }

    private sealed class BytesSerializer : IHybridCacheSerializer<byte[]>
    {
        public byte[] Deserialize(ReadOnlySequence<byte> source) => source.ToArray();

        public void Serialize(byte[] value, IBufferWriter<byte> target) => target.Write(value);
    }
}
