using System.CommandLine;
using EdgeCache.Shared.Primitives;

namespace EdgeCache.Load.Commands;

/// <summary>Options that take a positive size: <c>4096</c>, <c>64KiB</c>, <c>4GiB</c>.</summary>
internal static class SizeOption
{
    /// <summary>An option whose value is in bytes.</summary>
    public static Option<long> Create(string name, long defaultValue, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result =>
        {
            if (!ByteSize.TryParse(result.Tokens[0].Value, out var size) || size == 0)
            {
                result.AddError($"{name}: '{result.Tokens[0].Value}' is not a size such as 4096, 64KiB or 4GiB.");
            }

            return size;
        },
    };
}
