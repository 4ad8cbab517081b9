/* The few lines that Cython cannot say. */
#ifndef WHORL_NATIVE_H
#define WHORL_NATIVE_H

#include <Python.h>
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
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

/* CPython's context objects, in every version that whorl supports (Include/internal/pycore_context.h, PyContext). The
 * import of whorl._core.context checks the layout. */
typedef struct {
    PyObject_HEAD
    PyObject *previous;
    PyObject *variables;
    PyObject *weak_references;
    int entered;
} whorl_context;

/* The variables of the current context; a thread that has never had one gets those of an empty one. */
static inline PyObject *whorl_current_variables(PyObject *none)
{
    PyObject *context = PyThreadState_Get()->context;
    return Py_NewRef(context == NULL ? none : ((whorl_context *)context)->variables);
}

/* Gives a context that nobody is in other variables; returns those it had. */
static inline PyObject *whorl_swap_variables(PyObject *context, PyObject *variables)
{
    PyObject *before = ((whorl_context *)context)->variables;
    ((whorl_context *)context)->variables = Py_NewRef(variables);
    return before;
}

/* Whether somebody is in a context, or refers to it weakly. */
static inline int whorl_context_is_used(PyObject *context)
{
    whorl_context *inside = (whorl_context *)context;
    return inside->entered || inside->weak_references != NULL;
}

/* Calls with a tuple of arguments as CPython's own callers do, without another look at what kind of callable it is. */
static inline PyObject *whorl_call(PyObject *callable, PyObject *args)
{
    return PyObject_Vectorcall(callable, &PyTuple_GET_ITEM(args, 0), PyTuple_GET_SIZE(args), NULL);
}

/* Some objects of a C array as a tuple. */
static inline PyObject *whorl_tuple_of(PyObject *const *items, Py_ssize_t count)
{
    PyObject *result = PyTuple_New(count);
    if (result != NULL)
        for (Py_ssize_t i = 0; i < count; i++)
            PyTuple_SET_ITEM(result, i, Py_NewRef(items[i]));
    return result;
}

/* A method of a loop as a C function that is bound to it. */
static inline PyObject *whorl_bind_call_soon(PyObject *loop, void *function)
{
    static PyMethodDef definition = {"call_soon", NULL, METH_FASTCALL | METH_KEYWORDS,
        "call_soon($self, callback, *args, context=None)\n--\n\n"
        "Run a callback in the next turn, in the order of calls; returns its handle."};
    definition.ml_meth = (PyCFunction)function;
    return PyCFunction_New(&definition, loop);
}

/* Makes a type that of a method descriptor: called with the instance it is found on, not bound to it first (PEP 590).
 * Cython has no word for that. */
static inline void whorl_is_called_as_method(PyTypeObject *type, size_t vectorcall_offset)
{
    type->tp_flags |= Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_HAVE_VECTORCALL;
    type->tp_vectorcall_offset = (Py_ssize_t)vectorcall_offset;
    type->tp_call = PyVectorcall_Call;
    PyType_Modified(type);
}

/* How many bytes wait in a stream socket; 0 if that can't be said (ioctl(2), FIONREAD). */
static inline Py_ssize_t whorl_bytes_to_read(int fd)
{
    int count = 0;
    return ioctl(fd, FIONREAD, &count) < 0 || count < 0 ? 0 : count;
}

/* Receives up to so many bytes into a bytes object; got is their number, 0 at the end, or less than 0: an errno. */
static inline PyObject *whorl_bytes_received(int fd, Py_ssize_t most, int flags, Py_ssize_t *got)
{
    PyObject *data = PyBytes_FromStringAndSize(NULL, most);
    if (data != NULL) {
        *got = recv(fd, PyBytes_AS_STRING(data), (size_t)most, flags);
        if (*got < 0)
            *got = -errno;
        if (*got != most)
            _PyBytes_Resize(&data, *got < 0 ? 0 : *got);
    }
    return data;
}

/* A bytes object with room for so many bytes, filled again with others if nobody but its one keeper has it; else NULL,
 * and no exception. At most half of the room is left empty. */
static inline PyObject *whorl_refill(PyObject *kept, Py_ssize_t room, const char *start, Py_ssize_t size)
{
    if (Py_REFCNT(kept) != 1 || size > room || room >= 2 * size)
        return NULL;
    Py_SET_SIZE(kept, size);
    memcpy(PyBytes_AS_STRING(kept), start, (size_t)size);
    PyBytes_AS_STRING(kept)[size] = 0;
    _Py_COMP_DIAG_PUSH
    _Py_COMP_DIAG_IGNORE_DEPR_DECLS
    ((PyBytesObject *)kept)->ob_shash = -1; /* not known, as in a new one */
    _Py_COMP_DIAG_POP
    return kept;
}

/* Hands an exception that a raw call left pending to Cython's own error handling. */
static inline int whorl_raise_pending(void)
{
    return -1;
}

/* Whether the caller's is the only reference to an object that can be referred to weakly, and isn't. */
static inline int whorl_is_mine_alone(PyObject *object)
{
    return Py_REFCNT(object) == 1 && *(PyObject **)((char *)object + Py_TYPE(object)->tp_weaklistoffset) == NULL;
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

/* A coroutine's next step (iternextfunc), by which `await` goes on since Python 3.12: as am_send, but a result is a
 * StopIteration. One without a traceback, and none at all for None, as PEP 380 has it for iterators written in C. */
static inline PyObject *whorl_next(PyObject *coroutine)
{
    PyObject *result = NULL;
    switch (Py_TYPE(coroutine)->tp_as_async->am_send(coroutine, Py_None, &result)) {
    case PYGEN_NEXT:
        return result;
    case PYGEN_RETURN:
        if (PyTuple_Check(result) || PyExceptionInstance_Check(result)) {
            /* These would be taken for its arguments, or for the exception itself. */
            PyObject *stop = PyObject_CallOneArg(PyExc_StopIteration, result);
            Py_DECREF(result);
            result = stop;
        }
        if (result != NULL && result != Py_None)
            PyErr_SetObject(PyExc_StopIteration, result);
        Py_XDECREF(result);
        return NULL;
    default:
        return NULL;
    }
}

/* Gives a type the C side of a coroutine's steps, which Cython has no method for. */
static inline void whorl_fill_steps(PyTypeObject *type, void *send)
{
    type->tp_as_async->am_send = (sendfunc)send;
    type->tp_iternext = whorl_next;
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
