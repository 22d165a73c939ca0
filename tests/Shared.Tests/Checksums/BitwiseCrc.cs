using System.Numerics;

namespace EdgeCache.Shared.Tests.Checksums;

/// <summary>The definition of a reflected CRC, a bit at a time: what every fast path must equal.</summary>
internal static class BitwiseCrc
{
    public static T Append<T>(T generator, T crc, ReadOnlySpan<byte> data)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        var register = ~crc;
        foreach (var value in data)
        {
            register ^= T.CreateChecked(value);
            for (var bit = 0; bit < 8; bit++)
            {
                register = T.IsOddInteger(register) ? (register >>> 1) ^ generator : register >>> 1;
            }
        }

        return ~register;
    }
}
