/* What the parts of the load generator share.
 *
 *   load.c      options, the order of a run, the line of JSON at the end
 *   link.c      one connection: plain or TLS, never blocking
 *   message.c   what is sent, and what must come back
 *   exchange.c  closed loop: send, wait for the whole reply, send again; and idle connections
 *   churn.c     connect, perhaps one byte, close
 *   oneway.c    bytes in one direction; the slow reader
 *   tally.c     counts, latencies, processor time, the measured window
 *
 * One thread, one epoll set, edge-triggered and registered once per connection. The messages are made before the run;
 * while it lasts, a request costs one send and one recv here, and a share of an epoll_wait.
 */
#ifndef WHORL_LOAD_H
#define WHORL_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/types.h>

enum { OPENING_AT_ONCE = 64, EVENTS = 512, SCRATCH = 256 * 1024, REPLY_HEAD = 4096 };

struct options {
    const char *mode;
    const char *target;    /* tcp:ADDRESS:PORT, udp:ADDRESS:PORT or unix:PATH */
    const char *http;      /* the path to ask for */
    int connections;
    int pipeline;          /* messages sent together before the replies are awaited */
    int writes;            /* how many writes the slow reader asks for */
    int pause_us;          /* how long the slow reader rests after each chunk */
    int cpu;               /* the core to stay on, or -1 */
    pid_t pid;             /* whose processor time is measured, or 0 */
    pid_t beside;          /* a thread of it whose processor time is not, or 0 */
    size_t size;           /* of a message */
    size_t chunk;          /* what the slow reader takes at a time */
    double warmup, seconds, patience; /* how long an answer may take when the window has closed */
    bool lines, websocket, tls, exchange;
};
extern struct options options;

_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* --- link.c ------------------------------------------------------------------------------------------------------ */

enum phase { CLOSED, CONNECTING, READY };

struct link {
    int fd;
    uint32_t id;
    uint32_t round;        /* messages[(id + round) % message_count] is under way */
    enum phase phase;
    bool full;             /* the kernel took no more; an edge will say when it does */
    bool waiting;          /* nothing to do until all connections have answered once */
    bool upgraded;         /* the WebSocket handshake is over */
    size_t sent, received; /* of this round */
    uint64_t started;      /* when this round (or this connection) began, ns */
    void *tls;
    struct head *head;     /* of an HTTP reply */
};

enum { BLOCKED = 0, FAILED = -1, ENDED = -2 };

extern int epoll;
extern int window;             /* the kernel's receive buffer, if it is not to be the kernel's choice */
extern bool datagrams, over_tcp;
void links_prepare(void);
struct link *links_new(int count);
void link_open(struct link *link);
int link_ready(struct link *link);      /* 1: it can carry bytes; 0: not yet; FAILED */
ssize_t link_send(struct link *link, const char *bytes, size_t size);
ssize_t link_recv(struct link *link, char *bytes, size_t size, int flags);
void link_close(struct link *link);     /* resets, so that no port stays in TIME_WAIT */
void link_fail(struct link *link, const char *what);

/* --- message.c --------------------------------------------------------------------------------------------------- */

struct message {
    const char *request, *reply;        /* no reply: it is HTTP, and parsed */
    size_t request_size, reply_size;
};
extern struct message *messages;
extern int message_count;
extern struct message upgrade;          /* what a WebSocket begins with; no reply: an HTTP head */

struct head {
    char text[REPLY_HEAD];
    size_t used;
    bool complete;
    long body;                          /* bytes of the body that have not come yet */
};
void messages_prepare(void);
/* Takes bytes of an HTTP reply; 1: complete, 0: more to come, -1: not what was asked for. */
int head_take(struct head *head, const char *bytes, size_t size, int status);

/* --- tally.c ----------------------------------------------------------------------------------------------------- */

struct tally {
    uint64_t requests, bytes, errors, lost;
};
extern struct tally tally;
uint64_t now_ns(void);
void latency(uint64_t ns);
/* The window: warm-up, then measuring; false once it has closed. Called after each batch of events. */
void window_begin(void);
bool window_open(void);
int window_timeout(void);               /* milliseconds until the window changes, for epoll_wait */
/* Processor time of options.pid between these two; may be repeated and adds up. */
void server_begin(void);
void server_end(void);
const char *why_nothing(void);          /* ... was completed: what the server did when the window closed */
void tally_reset(void);
void tally_print(double seconds);
double window_seconds(void);

/* --- the modes --------------------------------------------------------------------------------------------------- */

void run_exchange(void);
void run_idle(void);
void run_churn(void);
void run_send(void);
void run_receive(void);
void run_slow(void);

#endif
