/* Bytes in one direction.
 *
 * send: as many as the server takes; at the end it must tell how many it got (but not over TLS, which cannot be closed
 * in one direction only). receive: byte i of the stream must be i modulo 256; that is checked for the first MiB, and
 * the rest is thrown away by the kernel without a copy, so that the reader is never what limits the server. Its
 * window is fixed: where the kernel lets it grow, the figures of one server vary by a factor of four between runs.
 * slow: one connection asks for many small writes ("N SIZE\n") and reads the bytes slowly.
 */
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { CHECKED = 1 << 20, AT_A_TIME = 1 << 20, ANSWER_TIMEOUT_MS = 20000, SLOW_BUFFER = 32 * 1024, WINDOW = 256 * 1024 };

static char scratch[SCRATCH];
static struct link *links;

static void fill_scratch(void) {
    for (size_t i = 0; i < sizeof scratch; i++) scratch[i] = (char)i;
}

static void open_each(void) {
    links = links_new(options.connections);
    for (int i = 0; i < options.connections; i++) link_open(&links[i]);
}

/* One turn: every link that may go on does, by `step`, and for a MiB at most, so that the window is looked at. */
static void turn(void (*step)(struct link *), bool (*may)(const struct link *)) {
    struct epoll_event events[EVENTS];
    bool busy = false;
    for (int i = 0; i < options.connections; i++)
        if (links[i].phase == READY && may(&links[i])) step(&links[i]), busy = true;
    int count = epoll_wait(epoll, events, EVENTS, busy ? 0 : window_timeout());
    for (int i = 0; i < count; i++) {
        struct link *link = events[i].data.ptr;
        if (link->phase == CLOSED) continue;
        if (link_ready(link) < 0) link_fail(link, "it could not be opened");
        else if (events[i].events & (EPOLLHUP | EPOLLERR)) link_fail(link, "the server closed the connection");
        link->full = false;
    }
}

static bool may_go_on(const struct link *link) { return !link->full; }

static void send_some(struct link *link) {
    for (size_t total = 0; total < AT_A_TIME && !link->full;) {
        ssize_t sent = link_send(link, scratch, sizeof scratch);
        if (sent == BLOCKED) return;
        if (sent < 0) {
            link_fail(link, "the server closed the connection");
            return;
        }
        link->sent += (size_t)sent;
        tally.bytes += (uint64_t)sent;
        total += (size_t)sent;
    }
}

/* The server says how many bytes it got. */
static void check_sent(struct link *link) {
    char answer[64];
    size_t used = 0;
    shutdown(link->fd, SHUT_WR);
    while (used < sizeof answer - 1 && !memchr(answer, '\n', used)) {
        struct pollfd ready = {.fd = link->fd, .events = POLLIN};
        if (poll(&ready, 1, ANSWER_TIMEOUT_MS) <= 0) break;
        ssize_t received = link_recv(link, answer + used, sizeof answer - 1 - used, 0);
        if (received == BLOCKED) continue;
        if (received < 0) break;
        used += (size_t)received;
    }
    answer[used] = 0;
    if (strtoull(answer, NULL, 10) != link->sent) {
        fprintf(stderr, "load: %zu bytes were sent, and the server says '%s'\n", link->sent, answer);
        link_fail(link, "not all bytes arrived");
    }
}

void run_send(void) {
    fill_scratch();
    open_each();
    window_begin();
    while (window_open() && !tally.errors) turn(send_some, may_go_on);
    tally.requests = tally.bytes >> 20;
    for (int i = 0; i < options.connections && !options.tls; i++)
        if (links[i].phase == READY) check_sent(&links[i]);
}

static void receive_some(struct link *link) {
    for (size_t total = 0; total < AT_A_TIME;) {
        bool checking = link->received < CHECKED;
        ssize_t received = link_recv(link, scratch, sizeof scratch, checking || options.tls ? 0 : MSG_TRUNC);
        link->full = received == BLOCKED;
        if (received == BLOCKED) return;
        if (received < 0) {
            link_fail(link, received == ENDED ? "the server closed the connection" : strerror(errno));
            return;
        }
        for (ssize_t i = 0; checking && i < received; i++) {
            if (scratch[i] == (char)(link->received + (size_t)i)) continue;
            link_fail(link, "the bytes are not those of the pattern");
            return;
        }
        link->received += (size_t)received;
        tally.bytes += (uint64_t)received;
        total += (size_t)received;
    }
}

void run_receive(void) {
    window = WINDOW;
    open_each();
    window_begin();
    while (window_open() && !tally.errors) turn(receive_some, may_go_on);
    tally.requests = tally.bytes >> 20;
}

static void rest(int us) {
    struct timespec time = {.tv_nsec = us * 1000L};
    if (us) nanosleep(&time, NULL);
}

/* Asks for one batch of writes and takes them a chunk at a time. */
static void one_batch(struct link *link) {
    char command[64];
    size_t expected = (size_t)options.writes * options.size;
    int length = snprintf(command, sizeof command, "%d %zu\n", options.writes, options.size);
    server_begin();
    uint64_t started = now_ns();
    if (link_send(link, command, (size_t)length) != length) {
        link_fail(link, "it did not take the command");
        return;
    }
    for (size_t taken = 0; taken < expected;) {
        struct pollfd ready = {.fd = link->fd, .events = POLLIN};
        if (poll(&ready, 1, ANSWER_TIMEOUT_MS) <= 0) {
            link_fail(link, "nothing more came");
            return;
        }
        ssize_t received = link_recv(link, scratch, options.chunk, 0);
        if (received == BLOCKED) continue;
        if (received < 0 || taken + (size_t)received > expected) {
            link_fail(link, received < 0 ? "the server closed the connection" : "more came than was asked for");
            return;
        }
        for (ssize_t i = 0; i < received; i++, taken++) {
            if (scratch[i] == (char)('a' + taken / options.size % 26)) continue;
            link_fail(link, "the bytes are not those of the writes, in order");
            return;
        }
        rest(options.pause_us);
    }
    server_end();
    latency(now_ns() - started);
    tally.requests += (uint64_t)options.writes;
    tally.bytes += expected;
}

void run_slow(void) {
    int small = SLOW_BUFFER;
    options.connections = 1;
    open_each();
    struct epoll_event event;
    epoll_wait(epoll, &event, 1, 1000);
    if (links->phase == CLOSED || link_ready(links) != 1) die("%s: no connection", options.target);
    setsockopt(links->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    one_batch(links); /* the first is the warm-up */
    tally_reset();
    uint64_t until = now_ns() + (uint64_t)(options.seconds * 1e9);
    do one_batch(links);
    while (!tally.errors && now_ns() < until);
}
