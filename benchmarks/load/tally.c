/* Counts, latencies, processor time, and the window in which they are taken.
 *
 * The server's processor time is read here and not in the server: the kernel's clock of another process is exact to
 * the nanosecond, costs the server nothing, and is read in the same instant as the counts. The kernel divides it into
 * user and system by what each timer tick found running, so that split (of /proc/PID/stat) is coarser than the sum.
 */
#include "load.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct tally tally;

uint64_t now_ns(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

/* --- latencies: 64 buckets to each power of two, so at most 1.6% wide ------------------------------------------ */

enum { STEP_BITS = 6, STEPS = 1 << STEP_BITS };
static uint64_t buckets[64 * STEPS];
static uint64_t slowest;

void latency(uint64_t ns) {
    int power = 63 - __builtin_clzll(ns | STEPS);
    buckets[(power - STEP_BITS) * STEPS + (int)(ns >> (power - STEP_BITS))]++;
    if (ns > slowest) slowest = ns;
}

static double quantile_us(double part) {
    uint64_t total = 0, seen = 0;
    for (size_t i = 0; i < sizeof buckets / sizeof *buckets; i++) total += buckets[i];
    for (size_t i = 0; i < sizeof buckets / sizeof *buckets; i++) {
        seen += buckets[i];
        if (total && (double)seen >= part * (double)total) {
            if (i < STEPS) return (double)i / 1e3;
            int shift = (int)(i / STEPS) - 1;
            return ((double)((i % STEPS + STEPS) << shift) + (double)(1ull << shift) / 2) / 1e3;
        }
    }
    return 0;
}

/* --- processor time -------------------------------------------------------------------------------------------- */

struct cpu { double total, user, system, waited; char state; };
static struct cpu server_spent, server_at, own_at;

static double seconds_of(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

static struct cpu own_cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    struct cpu cpu = {.user = seconds_of(usage.ru_utime), .system = seconds_of(usage.ru_stime)};
    cpu.total = cpu.user + cpu.system;
    return cpu;
}

struct schedstat { unsigned long long ran, waited; };

/* How long a thread has had a core, and how long it could have run and was not let, because of others: in nanoseconds,
 * without a wait that has not ended, as the kernel adds it when the thread gets its core. 0 if the kernel does not say. */
static struct schedstat schedstat_of(pid_t process, pid_t thread) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", process, thread);
    struct schedstat found = {0};
    FILE *file = fopen(path, "r");
    if (file && fscanf(file, "%llu %llu", &found.ran, &found.waited) != 2) found = (struct schedstat){0};
    if (file) fclose(file);
    return found;
}

static struct cpu server_cpu(void) {
    struct cpu cpu = {0};
    if (!options.pid) return cpu;
    clockid_t clock;
    struct timespec spent;
    if (clock_getcpuclockid(options.pid, &clock) || clock_gettime(clock, &spent))
        die("the server (process %d) is gone", options.pid);
    cpu.total = (double)spent.tv_sec + (double)spent.tv_nsec / 1e9;
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", options.pid);
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file) fclose(file);
    text[size] = 0;
    char *field = strrchr(text, ')'); /* the name may hold anything, so count from its end: state is field 3 */
    cpu.state = field && field[1] ? field[2] : '?';
    for (int i = 2; field && i < 14; i++) field = strchr(field + 1, ' ');
    unsigned long user, system;
    if (!field || sscanf(field, " %lu %lu", &user, &system) != 2) die("/proc/%d/stat cannot be read", options.pid);
    double tick = 1.0 / (double)sysconf(_SC_CLK_TCK);
    cpu.user = (double)user * tick;
    cpu.system = (double)system * tick;
    cpu.waited = (double)schedstat_of(options.pid, options.pid).waited / 1e9; /* of its first thread only */
    if (options.beside) {
        struct schedstat beside = schedstat_of(options.pid, options.beside);
        if (!beside.ran) die("how long thread %d ran cannot be read", options.beside);
        cpu.total -= (double)beside.ran / 1e9;
    }
    return cpu;
}

void server_begin(void) { server_at = server_cpu(); }

void server_end(void) {
    struct cpu now = server_cpu();
    server_spent.total += now.total - server_at.total;
    server_spent.user += now.user - server_at.user;
    server_spent.system += now.system - server_at.system;
    server_spent.waited += now.waited - server_at.waited;
    server_spent.state = now.state;
}

/* --- the window ------------------------------------------------------------------------------------------------ */

static enum { WARMING, MEASURING, OVER } state;
static uint64_t changes_at, opened_at, closed_at;

void tally_reset(void) {
    uint64_t errors = tally.errors; /* an error is one whenever it happens */
    memset(&tally, 0, sizeof tally);
    tally.errors = errors;
    memset(buckets, 0, sizeof buckets);
    slowest = 0;
    memset(&server_spent, 0, sizeof server_spent);
    own_at = own_cpu();
    opened_at = now_ns();
}

void window_begin(void) {
    state = WARMING;
    changes_at = now_ns() + (uint64_t)(options.warmup * 1e9);
}

bool window_open(void) {
    uint64_t now = now_ns();
    if (now < changes_at) return true;
    if (state == WARMING) {
        state = MEASURING;
        tally_reset();
        server_begin();
        changes_at = opened_at + (uint64_t)(options.seconds * 1e9);
        return true;
    }
    if (state == MEASURING) {
        state = OVER;
        closed_at = now;
        server_end();
    }
    return false;
}

int window_timeout(void) {
    uint64_t now = now_ns();
    return now >= changes_at ? 0 : (int)((changes_at - now) / 1000000) + 1;
}

const char *why_nothing(void) {
    return server_spent.state == 'R'   ? "the server was ready to run, and other processes had its core"
           : server_spent.state == 'S' ? "the server was asleep"
                                       : "what the server did is not known";
}

double window_seconds(void) { return (double)((closed_at ? closed_at : now_ns()) - opened_at) / 1e9; }

void tally_print(double seconds) {
    struct cpu own = own_cpu();
    double split = server_spent.user + server_spent.system;
    double user = split > 0 ? server_spent.total * server_spent.user / split : 0;
    printf("{\"mode\": \"%s\", \"connections\": %d, \"size\": %zu, \"requests\": %lu, \"seconds\": %.6f, "
           "\"rps\": %.1f, \"p50_us\": %.2f, \"p99_us\": %.2f, \"max_us\": %.2f, \"bytes\": %lu, \"errors\": %lu, "
           "\"lost\": %lu, \"server_cpu\": %.6f, \"server_user\": %.6f, \"server_system\": %.6f, "
           "\"server_waited\": %.6f, \"load_user\": %.6f, \"load_system\": %.6f}\n",
           options.mode, options.connections, options.size, tally.requests, seconds,
           (double)tally.requests / seconds, quantile_us(0.5), quantile_us(0.99), (double)slowest / 1e3, tally.bytes,
           tally.errors, tally.lost, server_spent.total, user, server_spent.total - user + 0.0, server_spent.waited, own.user - own_at.user,
           own.system - own_at.system);
    fflush(stdout);
}
