/* The load generator: `load MODE TARGET [options]`; see load.h for its parts and usage() for its words.
 *
 * Rules: it is no slower than what it measures (its own processor time is in the output, so that one can see); every
 * connection has had one answer before anything is counted; each reply is compared with what was sent; anything
 * unexpected is an error in the output and in the exit code, never a smaller number of requests.
 */
#define _GNU_SOURCE
#include "load.h"

#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

struct options options = {.connections = 1, .pipeline = 1, .writes = 1000, .pause_us = 100, .cpu = -1,
                          .size = 1024, .chunk = 16 * 1024, .warmup = 0.3, .seconds = 0.6, .patience = 20};

void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

static _Noreturn void usage(void) {
    fputs("load echo|http|websocket|idle|churn|send|receive|slow tcp:ADDRESS:PORT|udp:ADDRESS:PORT|unix:PATH\n"
          "  --connections N   --size BYTES   --warmup SECONDS   --seconds SECONDS   --tls   --cpu CORE\n"
          "  --pid PID         measure this process's processor time within the window\n"
          "  --beside TID      without that of this thread of it\n"
          "  --lines           (echo, idle) messages end with a newline and have no other\n"
          "  --pipeline N      (echo) N messages leave together, then N replies are awaited\n"
          "  --path PATH       (http, websocket) what to ask for\n"
          "  --patience SECONDS  (echo, http, websocket) when the window is over, wait so long for the last answers\n"
          "  --exchange        (churn) one byte there and back; without it: until the server closes\n"
          "  --writes N --chunk BYTES --pause MICROSECONDS\n"
          "                    (slow) ask for N writes of SIZE bytes and read them slowly\n",
          stderr);
    exit(2);
}

static void read_options(int count, char **words) {
    enum { CONNECTIONS = 1, SIZE, WARMUP, SECONDS, TLS, CPU, PID, BESIDE, LINES, PIPELINE, PATH, EXCHANGE, WRITES,
           CHUNK, PAUSE, PATIENCE };
    static const struct option known[] = {
        {"connections", 1, 0, CONNECTIONS}, {"size", 1, 0, SIZE}, {"warmup", 1, 0, WARMUP},
        {"seconds", 1, 0, SECONDS}, {"tls", 0, 0, TLS}, {"cpu", 1, 0, CPU}, {"pid", 1, 0, PID},
        {"beside", 1, 0, BESIDE},
        {"lines", 0, 0, LINES}, {"pipeline", 1, 0, PIPELINE}, {"path", 1, 0, PATH}, {"exchange", 0, 0, EXCHANGE},
        {"writes", 1, 0, WRITES}, {"chunk", 1, 0, CHUNK}, {"pause", 1, 0, PAUSE},
        {"patience", 1, 0, PATIENCE}, {0}};
    int option;
    while ((option = getopt_long(count, words, "", known, NULL)) != -1) {
        switch (option) {
        case CONNECTIONS: options.connections = atoi(optarg); break;
        case SIZE: options.size = strtoul(optarg, NULL, 10); break;
        case WARMUP: options.warmup = atof(optarg); break;
        case SECONDS: options.seconds = atof(optarg); break;
        case TLS: options.tls = true; break;
        case CPU: options.cpu = atoi(optarg); break;
        case PID: options.pid = atoi(optarg); break;
        case BESIDE: options.beside = atoi(optarg); break;
        case LINES: options.lines = true; break;
        case PIPELINE: options.pipeline = atoi(optarg); break;
        case PATH: options.http = optarg; break;
        case EXCHANGE: options.exchange = true; break;
        case WRITES: options.writes = atoi(optarg); break;
        case CHUNK: options.chunk = strtoul(optarg, NULL, 10); break;
        case PAUSE: options.pause_us = atoi(optarg); break;
        case PATIENCE: options.patience = atof(optarg); break;
        default: usage();
        }
    }
    if (count - optind != 2) usage();
    options.mode = words[optind];
    options.target = words[optind + 1];
    options.websocket = !strcmp(options.mode, "websocket");
    if (!options.http && (options.websocket || !strcmp(options.mode, "http"))) options.http = "/";
    if (options.connections < 1 || options.size < 1 || options.pipeline < 1 || options.seconds <= 0 ||
        options.chunk < 1 || options.chunk > SCRATCH)
        usage();
}

/* One descriptor per connection, and a few of our own. */
static void raise_limits(void) {
    struct rlimit files;
    rlim_t needed = (rlim_t)options.connections + 64;
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < needed)
        die("%d connections need %lu descriptors, and the hard limit is %lu: raise it with `ulimit -Hn`",
            options.connections, (unsigned long)needed, (unsigned long)files.rlim_max);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static void stay_on(int core) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    if (sched_setaffinity(0, sizeof cores, &cores)) die("core %d is not ours to use", core);
}

int main(int count, char **words) {
    static const struct { const char *name; void (*run)(void); } modes[] = {
        {"echo", run_exchange}, {"http", run_exchange}, {"websocket", run_exchange}, {"idle", run_idle},
        {"churn", run_churn}, {"send", run_send}, {"receive", run_receive}, {"slow", run_slow}, {0}};
    read_options(count, words);
    raise_limits();
    if (options.cpu >= 0) stay_on(options.cpu);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a runner that is killed leaves no load behind */
    epoll = epoll_create1(EPOLL_CLOEXEC);
    links_prepare();
    for (int i = 0; modes[i].name; i++) {
        if (strcmp(modes[i].name, options.mode)) continue;
        modes[i].run();
        if (!tally.requests && !tally.errors) {
            fprintf(stderr, "load: nothing was completed within the window: %s\n", why_nothing());
            tally.errors++;
        }
        tally_print(window_seconds());
        return tally.errors ? 1 : 0;
    }
    usage();
}
