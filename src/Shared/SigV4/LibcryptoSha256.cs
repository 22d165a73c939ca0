using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EdgeCache.Shared.SigV4;

/// <summary>
/// SHA-256 by the functions of libcrypto that keep their state in the caller's memory (<c>SHA256_CTX</c>, the same 112 bytes since OpenSSL 0.9.8): the state can be
/// copied, so that an HMAC need not hash its key again, and nothing is allocated, locked or looked up by name, on which the framework's one-shots spend
/// more time than on a request's few hundred bytes. Where the library lacks them, or they fail a test at the start, the framework does it.
/// </summary>
internal static unsafe class LibcryptoSha256
{
    /// <summary>The longest input, in bytes: the calls don't let the garbage collector interrupt them, so each must be short.</summary>
    public const int MaxLength = 4096;

    private const int StateWords = 112 / sizeof(uint);

    private static readonly string[] s_names = ["libcrypto.so.3", "libcrypto.so.1.1"];

    private static readonly delegate* unmanaged[SuppressGCTransition]<State*, int> s_init;
    private static readonly delegate* unmanaged[SuppressGCTransition]<State*, byte*, nuint, int> s_update;
    private static readonly delegate* unmanaged[SuppressGCTransition]<byte*, State*, int> s_final;

    static LibcryptoSha256()
    {
        foreach (var name in s_names)
        {
            if (NativeLibrary.TryLoad(name, out var library) && NativeLibrary.TryGetExport(library, "SHA256_Init", out var init) &&
                NativeLibrary.TryGetExport(library, "SHA256_Update", out var update) && NativeLibrary.TryGetExport(library, "SHA256_Final", out var final))
            {
                s_init = (delegate* unmanaged[SuppressGCTransition]<State*, int>)init;
                s_update = (delegate* unmanaged[SuppressGCTransition]<State*, byte*, nuint, int>)update;
                s_final = (delegate* unmanaged[SuppressGCTransition]<byte*, State*, int>)final;
                IsAvailable = AgreesWithFramework();
                return;
            }
        }
    }

    /// <summary>Whether the functions are there and right.</summary>
    public static bool IsAvailable { get; }

    /// <summary>The state after a first input.</summary>
    public static State Begin(ReadOnlySpan<byte> input)
    {
        Debug.Assert(input.Length <= MaxLength);
        State state;
        s_init(&state);
        fixed (byte* start = input)
        {
            s_update(&state, start, (nuint)input.Length);
        }

        return state;
    }

    /// <summary>The hash of what <paramref name="begun"/> stands for and <paramref name="rest"/>; <paramref name="begun"/> stays as it is.</summary>
    [SkipLocalsInit]
    public static void Finish(in State begun, ReadOnlySpan<byte> rest, Span<byte> hash)
    {
        Debug.Assert(rest.Length <= MaxLength && hash.Length >= SHA256.HashSizeInBytes);
        var state = begun;
        fixed (byte* start = rest, end = hash)
        {
            s_update(&state, start, (nuint)rest.Length);
            s_final(end, &state);
        }
    }

    /// <summary>The hash of an input of any length.</summary>
    [SkipLocalsInit]
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> hash)
    {
        if (!IsAvailable || input.Length > MaxLength)
        {
            SHA256.HashData(input, hash);
            return;
        }

        State state;
        s_init(&state);
        fixed (byte* start = input, end = hash)
        {
            s_update(&state, start, (nuint)input.Length);
            s_final(end, &state);
        }
    }

    private static bool AgreesWithFramework()
    {
        Span<byte> input = stackalloc byte[300], ours = stackalloc byte[SHA256.HashSizeInBytes];
        for (var i = 0; i < input.Length; i++)
        {
            input[i] = (byte)(i * 7);
        }

        Finish(Begin(input[..100]), input[100..], ours);
        return ours.SequenceEqual(SHA256.HashData(input));
    }

    /// <summary>A hash that is not complete yet: <c>SHA256_CTX</c>.</summary>
    [InlineArray(StateWords)]
    public struct State
    {
        private uint _first;
    }
}
