/* The limit: what an event loop could cost at least. `echo_server TARGET [--close] [--cpu CORE]`
 *
 * One thread, level-triggered epoll, one recv and one send per event: what every loop here has to do, and nothing else.
 * TARGET is tcp:ADDRESS:PORT (port 0: any), udp:ADDRESS:PORT or unix:PATH. With --close each connection is closed as
 * soon as it is accepted. When it serves, it prints {"port": N}.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BUFFER = 256 * 1024, /* as much as any of the loops asks for at once */
        BACKLOG = 1024, EVENTS = 512, MOST_FILES = 1 << 20 };

/* What the client did not take yet, by descriptor. While there is any, the connection is not read from. */
static struct rest { char *bytes; size_t size, sent; } *rests;
static char buffer[BUFFER];
static int epoll, listener;
static bool close_at_once, datagrams;

static _Noreturn void die(const char *what) {
    fprintf(stderr, "echo_server: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void watch(int operation, int fd, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (epoll_ctl(epoll, operation, fd, &event)) die("epoll_ctl");
}

static int listen_at(const char *target) {
    static const int yes = 1;
    union { struct sockaddr any; struct sockaddr_in inet; struct sockaddr_un local; } at = {0};
    socklen_t size;
    char address[64] = "";
    int port = 0;
    if (!strncmp(target, "unix:", 5) && strlen(target + 5) < sizeof at.local.sun_path) {
        at.local.sun_family = AF_UNIX;
        strcpy(at.local.sun_path, target + 5);
        size = sizeof at.local;
    } else if (sscanf(strchr(target, ':') ?: "", ":%63[0-9.]:%d", address, &port) == 2) {
        at.inet.sin_family = AF_INET;
        at.inet.sin_port = htons((uint16_t)port);
        inet_pton(AF_INET, address, &at.inet.sin_addr);
        size = sizeof at.inet;
    } else {
        errno = EINVAL;
        die(target);
    }
    int fd = socket(at.any.sa_family, (datagrams ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK, 0);
    if (at.any.sa_family == AF_INET && !datagrams) {
        struct linger reset = {.l_onoff = 1}; /* accepted sockets inherit both; a reset leaves no TIME_WAIT */
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (!close_at_once) setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    }
    if (fd < 0 || bind(fd, &at.any, size) || (!datagrams && listen(fd, BACKLOG))) die(target);
    getsockname(fd, &at.any, &size);
    printf("{\"port\": %d}\n", at.any.sa_family == AF_INET ? ntohs(at.inet.sin_port) : 0);
    fflush(stdout);
    return fd;
}

static void echo_datagram(void) {
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    ssize_t received = recvfrom(listener, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &size);
    if (received >= 0) sendto(listener, buffer, (size_t)received, 0, (struct sockaddr *)&from, size);
}

static void accept_all(void) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EAGAIN || errno == ECONNABORTED)) return;
        if (fd < 0 || fd >= MOST_FILES) die("accept4");
        if (close_at_once) close(fd);
        else watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
}

static void hang_up(int fd) {
    free(rests[fd].bytes);
    memset(&rests[fd], 0, sizeof rests[fd]);
    close(fd);
}

static void send_rest(int fd) {
    struct rest *rest = &rests[fd];
    ssize_t sent = send(fd, rest->bytes + rest->sent, rest->size - rest->sent, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
        hang_up(fd);
        return;
    }
    rest->sent += sent > 0 ? (size_t)sent : 0;
    if (rest->sent < rest->size) return;
    free(rest->bytes);
    memset(rest, 0, sizeof *rest);
    watch(EPOLL_CTL_MOD, fd, EPOLLIN);
}

static void echo(int fd) {
    ssize_t received = recv(fd, buffer, sizeof buffer, 0);
    if (received <= 0) {
        if (received == 0 || errno != EAGAIN) hang_up(fd);
        return;
    }
    ssize_t sent = send(fd, buffer, (size_t)received, MSG_NOSIGNAL);
    if (sent == received) return;
    if (sent < 0 && errno != EAGAIN) {
        hang_up(fd);
        return;
    }
    if (sent < 0) sent = 0;
    struct rest *rest = &rests[fd];
    rest->size = (size_t)(received - sent);
    rest->bytes = malloc(rest->size);
    memcpy(rest->bytes, buffer + sent, rest->size);
    watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
}

int main(int count, char **words) {
    if (count < 2) {
        fputs("echo_server tcp:ADDRESS:PORT|udp:ADDRESS:PORT|unix:PATH [--close] [--cpu CORE]\n", stderr);
        return 2;
    }
    for (int i = 2; i < count; i++) {
        if (!strcmp(words[i], "--close")) close_at_once = true;
        if (!strcmp(words[i], "--cpu") && i + 1 < count) {
            cpu_set_t cores;
            CPU_ZERO(&cores);
            CPU_SET(atoi(words[i + 1]), &cores);
            if (sched_setaffinity(0, sizeof cores, &cores)) die("sched_setaffinity");
        }
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    rests = calloc(MOST_FILES, sizeof *rests);
    datagrams = !strncmp(words[1], "udp:", 4);
    listener = listen_at(words[1]);
    epoll = epoll_create1(0);
    watch(EPOLL_CTL_ADD, listener, EPOLLIN);
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener && datagrams) echo_datagram();
            else if (fd == listener) accept_all();
            else if (rests[fd].bytes) send_rest(fd);
            else echo(fd);
        }
    }
}
