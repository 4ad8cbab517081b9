/* The few lines that Cython cannot say. */
#ifndef WHORL_NATIVE_H
#define WHORL_NATIVE_H

#include <Python.h>
#include <time.h>

/* The descriptor that a socket object holds now: -1 once it is closed or detached.
 *
 * Safe because the first field of CPython's socket object is its descriptor in every version that whorl supports
 * (Modules/socketmodule.h, PySocketSockObject); linux.pxd's users pass instances of _socket.socket only, and the
 * import of whorl._core.registry checks the layout once against fileno(). Reading it at each system call, in place
 * of a number remembered earlier, is what keeps a closed and reused number out of reach. */
static inline int whorl_socket_fd(PyObject *sock)
{
    return *(int *)((char *)sock + sizeof(PyObject));
}

/* Hands an exception that a raw call left pending to Cython's own error handling. */
static inline int whorl_raise_pending(void)
{
    return -1;
}

/* CLOCK_MONOTONIC in seconds: the clock of time.monotonic(), so of loop.time(). It cannot fail on Linux. */
static inline double whorl_monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
