/* One connection, plain or TLS. Nothing here blocks: BLOCKED means that an edge of epoll will tell when to go on. */
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#ifdef WITH_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
static SSL_CTX *tls;
#endif

/* One address has 28,000 ports for clients; this many connections per address leave room for those just closed. */
enum { PER_ADDRESS = 12000 };

int epoll, window;
bool datagrams, over_tcp;

static union {
    struct sockaddr any;
    struct sockaddr_in inet;
    struct sockaddr_un local;
} server;
static socklen_t server_size;

void links_prepare(void) {
    const char *rest = strchr(options.target, ':');
    datagrams = !strncmp(options.target, "udp:", 4);
    over_tcp = !strncmp(options.target, "tcp:", 4);
    if (!strncmp(options.target, "unix:", 5)) {
        server.local.sun_family = AF_UNIX;
        if (strlen(rest + 1) >= sizeof server.local.sun_path) die("%s is too long for the path of a socket", rest + 1);
        strcpy(server.local.sun_path, rest + 1);
        server_size = sizeof server.local;
    } else {
        char address[64] = "";
        int port = 0;
        if (!(datagrams || over_tcp) || sscanf(rest, ":%63[0-9.]:%d", address, &port) != 2 ||
            inet_pton(AF_INET, address, &server.inet.sin_addr) != 1)
            die("%s is none of tcp:1.2.3.4:5, udp:1.2.3.4:5, unix:/path", options.target);
        server.inet.sin_family = AF_INET;
        server.inet.sin_port = htons((uint16_t)port);
        server_size = sizeof server.inet;
    }
    if (!options.tls) return;
#ifdef WITH_TLS
    tls = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(tls, SSL_VERIFY_NONE, NULL); /* the certificate is the benchmark's own */
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF); /* every handshake is a full one */
    SSL_CTX_set_read_ahead(tls, 1);
    SSL_CTX_set_default_read_buffer_len(tls, 64 * 1024);
#else
    die("built without TLS: OpenSSL's headers were not found (Debian: apt install libssl-dev)");
#endif
}

struct link *links_new(int count) {
    struct link *links = calloc((size_t)count, sizeof *links);
    for (int i = 0; i < count; i++) {
        links[i].fd = -1;
        links[i].id = (uint32_t)i;
        if (options.http) links[i].head = calloc(1, sizeof *links[i].head);
    }
    return links;
}

void link_open(struct link *link) {
    static const int yes = 1;
    int family = server.any.sa_family;
    link->fd = socket(family, (datagrams ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->fd < 0) die("no socket: %s", strerror(errno));
    link->phase = CONNECTING;
    link->full = link->upgraded = false;
    link->sent = link->received = 0;
    link->started = now_ns();
    if (over_tcp) {
        struct linger reset = {.l_onoff = 1, .l_linger = 0};
        /* A connection that carries one byte at most has nothing to delay, and opening it should be cheap. */
        if (strcmp(options.mode, "churn")) setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        setsockopt(link->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    if (family == AF_INET && options.connections > PER_ADDRESS) {
        struct sockaddr_in from = {.sin_family = AF_INET};
        from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + link->id / PER_ADDRESS);
        setsockopt(link->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
        if (bind(link->fd, (struct sockaddr *)&from, sizeof from)) die("cannot bind: %s", strerror(errno));
    }
    if (window) setsockopt(link->fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
    if (connect(link->fd, &server.any, server_size) && errno != EINPROGRESS) {
        link_fail(link, strerror(errno));
        return;
    }
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = link};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, link->fd, &event)) die("epoll_ctl: %s", strerror(errno));
}

#ifdef WITH_TLS
static ssize_t tls_result(struct link *link, int result) {
    switch (SSL_get_error(link->tls, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return BLOCKED;
    case SSL_ERROR_ZERO_RETURN: return ENDED;
    default: ERR_clear_error(); return FAILED;
    }
}
#endif

int link_ready(struct link *link) {
    if (link->phase == READY) return 1;
#ifdef WITH_TLS
    if (tls) {
        if (!link->tls) {
            link->tls = SSL_new(tls);
            SSL_set_fd(link->tls, link->fd);
        }
        int result = SSL_connect(link->tls);
        if (result == 1) link->phase = READY;
        return result == 1 ? 1 : (int)tls_result(link, result);
    }
#endif
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    errno = error;
    if (error) return FAILED;
    link->phase = READY;
    return 1;
}

ssize_t link_send(struct link *link, const char *bytes, size_t size) {
    ssize_t sent;
#ifdef WITH_TLS
    if (tls) {
        int result = SSL_write(link->tls, bytes, (int)size);
        sent = result > 0 ? result : tls_result(link, result);
        link->full = sent == BLOCKED;
        return sent;
    }
#endif
    sent = send(link->fd, bytes, size, MSG_NOSIGNAL);
    link->full = (sent < 0 && errno == EAGAIN) || (sent >= 0 && (size_t)sent < size);
    if (sent < 0) return errno == EAGAIN ? BLOCKED : FAILED;
    return sent;
}

ssize_t link_recv(struct link *link, char *bytes, size_t size, int flags) {
#ifdef WITH_TLS
    if (tls) {
        int result = SSL_read(link->tls, bytes, (int)size);
        return result > 0 ? result : tls_result(link, result);
    }
#endif
    ssize_t received = recv(link->fd, bytes, size, flags);
    if (received == 0 && !datagrams) return ENDED;
    if (received < 0) return errno == EAGAIN ? BLOCKED : FAILED;
    return received;
}

void link_close(struct link *link) {
#ifdef WITH_TLS
    if (link->tls) SSL_free(link->tls);
    link->tls = NULL;
#endif
    if (link->fd >= 0) close(link->fd);
    link->fd = -1;
    link->phase = CLOSED;
}

void link_fail(struct link *link, const char *what) {
    if (tally.errors++ < 3) fprintf(stderr, "load: connection %u, round %u: %s\n", link->id, link->round, what);
    link_close(link);
}
