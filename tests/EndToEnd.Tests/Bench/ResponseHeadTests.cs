using System.Text;
using EdgeCache.Load.Client;

namespace EdgeCache.EndToEnd.Tests.Bench;

public sealed class ResponseHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nbody", 200, 12, false)]
    [InlineData("HTTP/1.1 206 Partial Content\r\nx: y\r\ncontent-length:5\r\nConnection: Close\r\n\r\n", 206, 5, true)]
    [InlineData("HTTP/1.1 304 Not Modified\r\n\r\n", 304, 0, false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, -1, false)]
    public void Reads_what_matters(string text, int status, long bodyLength, bool close)
    {
        Assert.True(ResponseHead.TryParse(Encoding.ASCII.GetBytes(text), out var head));
        Assert.Equal(new ResponseHead(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4, status, bodyLength, close), head);
    }

    [Fact]
    public void Waits_for_the_whole_head()
    {
        const string text = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n";
        for (var length = 0; length < text.Length; length++)
        {
            Assert.False(ResponseHead.TryParse(Encoding.ASCII.GetBytes(text[..length]), out _));
        }
    }

    [Theory]
    [InlineData("SSH-2.0-x\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n")]
    public void Refuses_what_is_no_answer(string text) =>
        Assert.Throws<FormatException>(() => ResponseHead.TryParse(Encoding.ASCII.GetBytes(text), out _));
}
