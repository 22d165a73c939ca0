using System.Net;

namespace EdgeCache.Load.Servers.Peers;

/// <summary>A second listener of an nginx, for TLS 1.3.</summary>
internal sealed record NginxTls(IPEndPoint Listen, ThrowawayCertificate Certificate);

/// <summary>
/// nginx as a fair peer: sendfile, open files cached, connections kept; <c>tcp_nopush off</c>, because with it on, 64 KiB cache hits stall
/// for 43 ms; and <c>proxy_cache_lock</c>, so that a miss is fetched once however many wait for it.
/// </summary>
internal static class NginxConfiguration
{
    /// <summary>Serves the files below <paramref name="root"/>.</summary>
    public static string Static(IPEndPoint listen, string root, int workers, NginxTls? tls = null) => Frame(workers, $$"""
            server { listen {{listen}} reuseport; {{Secure(tls)}} root {{root}}; }
        """);

    /// <summary>Serves <paramref name="upstream"/> through a cache on disk.</summary>
    public static string Cache(IPEndPoint listen, IPEndPoint upstream, long cacheSize, int workers, NginxTls? tls) => Frame(workers, $$"""
            proxy_cache_path cache levels=1:2 keys_zone=objects:32m max_size={{cacheSize >> 20}}m inactive=1d use_temp_path=off;
            upstream origin { server {{upstream}}; keepalive 64; }
            server {
                listen {{listen}} reuseport;
                {{Secure(tls)}}
                location / {
                    proxy_pass http://origin;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_max_temp_file_size 0;
                    proxy_cache objects;
                    proxy_cache_key $uri;
                    proxy_cache_valid 200 1d;
                    proxy_cache_lock on;
                    proxy_cache_lock_timeout 600s;
                    proxy_cache_lock_age 600s;
                    add_header X-Cache $upstream_cache_status;
                }
            }
        """);

    private static string Secure(NginxTls? tls) => tls is null ? "" :
        $"listen {tls.Listen} ssl reuseport; ssl_certificate {tls.Certificate.Certificate}; ssl_certificate_key {tls.Certificate.Key}; "
        + "ssl_protocols TLSv1.3; ssl_session_cache off;";

    private static string Frame(int workers, string servers) => $$"""
        daemon off;
        {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
        worker_processes {{workers}};
        worker_rlimit_nofile 20000;
        pid nginx.pid;
        error_log error.log warn;
        events { worker_connections 8192; }
        http {
            access_log off;
            default_type application/octet-stream;
            sendfile on;
            tcp_nopush off;
            tcp_nodelay on;
            keepalive_requests 100000000;
            keepalive_timeout 300;
            open_file_cache max=4096 inactive=600s;
            open_file_cache_valid 600s;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
        {{servers}}
        }

        """;
}
