/* The few lines that Cython cannot say. */
#ifndef WHORL_NATIVE_H
#define WHORL_NATIVE_H

#include <Python.h>
#include <time.h>

/* How CPython's socket objects begin, in every version that whorl supports (Modules/socketmodule.h,
 * PySocketSockObject). linux.pxd's users pass instances of _socket.socket only, and the import of whorl._core.registry
 * checks the layout once against what Python says. */
typedef struct {
    PyObject_HEAD
    int fd;
    int family;
    int type;
    int proto;
} whorl_socket;

/* The descriptor that a socket object holds now: -1 once it is closed or detached. Reading it at each system call, in
 * place of a number remembered earlier, is what keeps a closed and reused number out of reach. */
static inline int whorl_socket_fd(PyObject *sock)
{
    return ((whorl_socket *)sock)->fd;
}

/* What a socket object was made with. Its properties of these names make an enum member each time they are asked. */
static inline int whorl_socket_family(PyObject *sock)
{
    return ((whorl_socket *)sock)->family;
}

static inline int whorl_socket_type(PyObject *sock)
{
    return ((whorl_socket *)sock)->type;
}

static inline int whorl_socket_proto(PyObject *sock)
{
    return ((whorl_socket *)sock)->proto;
}

/* Hands an exception that a raw call left pending to Cython's own error handling. */
static inline int whorl_raise_pending(void)
{
    return -1;
}

/* What a weak reference refers to, or None; anything else stands for itself. */
static inline PyObject *whorl_referent(PyObject *reference)
{
    PyObject *found = reference;
    if (PyWeakref_CheckRefExact(reference)) {
#if PY_VERSION_HEX >= 0x030D0000
        return PyWeakref_GetRef(reference, &found) > 0 ? found : Py_NewRef(Py_None);
#else
        found = PyWeakref_GET_OBJECT(reference); /* Py_None when it is dead */
#endif
    }
    return Py_NewRef(found);
}

/* Gives a type the C side of a coroutine's send(), which Cython has no method for. */
static inline void whorl_fill_am_send(PyTypeObject *type, void *send)
{
    type->tp_as_async->am_send = (sendfunc)send;
    PyType_Modified(type);
}

/* Hands a new reference to a caller in C. */
static inline void whorl_give(PyObject *value, PyObject **slot)
{
    *slot = Py_NewRef(value);
}

/* CLOCK_MONOTONIC in seconds: the clock of time.monotonic(), so of loop.time(). It cannot fail on Linux. */
static inline double whorl_monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
