/* The closed loop: each connection sends a message, waits for the whole reply, compares it, and sends the next.
 *
 * First the connections are opened, a few at a time, and each exchanges one message and then waits. Only when all have
 * done so does the warm-up begin, so the server has accepted and served every one of them before anything is counted.
 * And when the window has closed, each must still get the answer that it waits for: a few connections that hang among a
 * thousand would be seen in no figure.
 */
#include "load.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { OPENING_TIMEOUT = 120, RESEND_NS = 200 * 1000 * 1000 };

static struct link *links;
static int opened, answered; /* connections begun; connections that have had their first answer */
static bool running, draining;
static char scratch[SCRATCH];

static const struct message *message_of(const struct link *link) {
    if (options.websocket && !link->upgraded) return &upgrade;
    return &messages[(link->id + link->round) % (uint32_t)message_count];
}

static void send_rest(struct link *link) {
    const struct message *message = message_of(link);
    while (link->sent < message->request_size) {
        ssize_t sent = link_send(link, message->request + link->sent, message->request_size - link->sent);
        if (sent == BLOCKED) return;
        if (sent < 0) {
            link_fail(link, "the server closed the connection while it was written to");
            return;
        }
        link->sent += (size_t)sent;
        if (link->full) return;
    }
}

static void begin(struct link *link) {
    link->sent = link->received = 0;
    link->started = now_ns();
    send_rest(link);
}

static void open_next(void) {
    if (opened < options.connections) link_open(&links[opened++]);
}

static void complete(struct link *link) {
    if (options.websocket && !link->upgraded) {
        link->upgraded = true;
        begin(link);
        return;
    }
    uint64_t now = now_ns();
    if (running && !draining) {
        latency(now - link->started);
        tally.requests += (uint64_t)options.pipeline;
        tally.bytes += link->received;
        link->round++;
        begin(link);
        return;
    }
    link->round++;
    link->waiting = true;
    answered++;
    if (!draining) open_next();
}

/* 1: the reply is complete, 0: more to come, -1: this link is dead */
static int take(struct link *link, size_t size) {
    const struct message *message = message_of(link);
    if (!message->reply) {
        int result = head_take(link->head, scratch, size, options.websocket ? 101 : 200);
        link->received += size;
        if (result < 0) link_fail(link, "not the HTTP reply that was asked for, or one without a Content-Length");
        return result;
    }
    bool right = size <= message->reply_size - link->received &&
                 !memcmp(message->reply + link->received, scratch, size);
    if (!right && datagrams && tally.lost) return 0; /* late: it was counted as lost and asked for anew */
    if (!right) {
        link_fail(link, "the reply is not what was sent");
        return -1;
    }
    link->received += size;
    return link->received == message->reply_size;
}

static void receive(struct link *link) {
    for (;;) {
        ssize_t received = link_recv(link, scratch, sizeof scratch, 0);
        if (received == BLOCKED) return;
        if (received < 0) {
            link_fail(link, received == ENDED ? "the server closed the connection" : strerror(errno));
            return;
        }
        if (link->waiting) {
            link_fail(link, "the server sent more than it was asked for");
            return;
        }
        int result = take(link, (size_t)received);
        if (result < 0) return;
        if (result) {
            complete(link);
            return;
        }
        /* Less than there was room for: the socket is empty, and what comes later makes an edge. */
        if (!options.tls && !datagrams && received < (ssize_t)sizeof scratch) return;
    }
}

static void on_event(struct link *link, uint32_t events) {
    if (link->phase == CLOSED) return;
    if (link->phase == CONNECTING) {
        int ready = link_ready(link);
        if (ready < 0) link_fail(link, "it could not be opened");
        if (ready <= 0) return;
        begin(link);
    } else if (link->full && (options.tls || events & EPOLLOUT)) {
        send_rest(link);
    }
    if (link->phase == READY && events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) receive(link);
}

static void resend_lost(void) {
    static uint64_t looked;
    uint64_t now = now_ns();
    if (now - looked < RESEND_NS) return;
    looked = now;
    for (int i = 0; i < opened; i++) {
        struct link *link = &links[i];
        if (link->phase != READY || link->waiting || now - link->started < RESEND_NS) continue;
        tally.lost++;
        link->round++;
        begin(link);
    }
}

static void wait_once(int timeout) {
    struct epoll_event events[EVENTS];
    if (datagrams && timeout > 100) timeout = 100;
    int count = epoll_wait(epoll, events, EVENTS, timeout);
    for (int i = 0; i < count; i++) on_event(events[i].data.ptr, events[i].events);
    if (datagrams) resend_lost();
}

static void open_all(void) {
    messages_prepare();
    links = links_new(options.connections);
    for (int i = 0; i < OPENING_AT_ONCE; i++) open_next();
    uint64_t until = now_ns() + OPENING_TIMEOUT * 1000000000ull;
    while (answered < options.connections && !tally.errors) {
        if (now_ns() > until) die("only %d of %d connections were answered", answered, options.connections);
        wait_once(1000);
    }
}

static void drain(void) {
    draining = true;
    answered = 0;
    uint64_t until = now_ns() + (uint64_t)(options.patience * 1e9);
    while (answered < options.connections && !tally.errors) {
        if (now_ns() > until) {
            fprintf(stderr, "load: %d of %d connections hang: the window is over, and they have had no answer\n",
                    options.connections - answered, options.connections);
            tally.errors++;
        }
        wait_once(100);
    }
}

void run_exchange(void) {
    open_all();
    if (tally.errors) return;
    running = true;
    for (int i = 0; i < options.connections; i++) {
        links[i].waiting = false;
        begin(&links[i]);
    }
    window_begin();
    while (window_open()) wait_once(window_timeout());
    drain();
}

void run_idle(void) {
    open_all();
    if (tally.errors) return;
    tally_reset();
    tally.requests = (uint64_t)answered;
    printf("{\"ready\": %d}\n", answered);
    fflush(stdout);
    char byte;
    while (read(0, &byte, 1) > 0) continue;
}
