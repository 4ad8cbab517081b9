/* Connections as such: open, then one byte there and back or wait until the server closes, then close and open anew. */
#include "load.h"

static char scratch[64];

static void reopen(struct link *link) {
    link_close(link);
    link->round++;
    link_open(link);
}

static void done(struct link *link) {
    latency(now_ns() - link->started);
    tally.requests++;
    reopen(link);
}

static void on_event(struct link *link, uint32_t events) {
    if (link->phase == CLOSED) return;
    if (link->phase == CONNECTING) {
        int ready = link_ready(link);
        if (ready == BLOCKED) return;
        if (ready < 0) {
            link_fail(link, "it could not be opened");
            return;
        }
        if (options.exchange && link_send(link, "!", 1) != 1) {
            link_fail(link, "it took no byte");
            return;
        }
    }
    if (!(events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))) return;
    ssize_t received = link_recv(link, scratch, sizeof scratch, 0);
    if (received == BLOCKED) return;
    if (options.exchange ? received == 1 && scratch[0] == '!' : received == ENDED) {
        tally.bytes += options.exchange;
        done(link);
    } else {
        link_fail(link, options.exchange ? "the byte did not come back" : "the server did not just close");
    }
}

void run_churn(void) {
    struct link *links = links_new(options.connections);
    for (int i = 0; i < options.connections; i++) link_open(&links[i]);
    window_begin();
    while (window_open() && !tally.errors) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, window_timeout());
        for (int i = 0; i < count; i++) on_event(events[i].data.ptr, events[i].events);
    }
}
