using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace EdgeCache.Load.Client;

/// <summary>An epoll instance that tells which of the registered sockets can be read, each by the number it was registered with.</summary>
internal sealed unsafe class EpollSet : IDisposable
{
    private const int MaxEvents = 256;
    private const int LargestEvent = 16;

    // struct epoll_event is packed on x86-64 and nowhere else.
    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = Stride - sizeof(long);

    private readonly int _descriptor;
    private readonly byte[] _events = GC.AllocateArray<byte>(MaxEvents * LargestEvent, pinned: true);

    public EpollSet()
    {
        _descriptor = Libc.EpollCreate(0);
        ThrowIf(_descriptor < 0);
    }

    public void Add(int socket, int number) => Control(Libc.EpollControlAdd, socket, number);

    public void Remove(int socket) => Control(Libc.EpollControlDelete, socket, 0);

    /// <summary>Waits until a socket can be read or the time is over; the count of ready numbers, for <see cref="Ready"/>.</summary>
    public int Wait(TimeSpan timeout)
    {
        var ticks = Math.Max(0, timeout.Ticks);
        var time = stackalloc long[2] { ticks / TimeSpan.TicksPerSecond, ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
        fixed (byte* events = _events)
        {
            var count = Libc.EpollWait(_descriptor, events, MaxEvents, time, 0);
            if (count < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted)
            {
                return 0;
            }

            ThrowIf(count < 0);
            return count;
        }
    }

    /// <summary>The number of the ready socket at <paramref name="index"/> of the last wait.</summary>
    public int Ready(int index) => (int)BinaryPrimitives.ReadInt64LittleEndian(_events.AsSpan((index * Stride) + DataOffset));

    public void Dispose() => _ = Libc.Close(_descriptor);

    private static void ThrowIf(bool failed)
    {
        if (failed)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    private void Control(int operation, int socket, int number)
    {
        Span<byte> bytes = stackalloc byte[LargestEvent];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Libc.EpollIn);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[DataOffset..], number);
        fixed (byte* pointer = bytes)
        {
            ThrowIf(Libc.EpollControl(_descriptor, operation, socket, pointer) != 0);
        }
    }
}
