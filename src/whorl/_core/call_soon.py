# Kernel-facing module: compiled only; call_soon.pyi is its face to type checkers.
"""``call_soon`` as tasks and futures call it: once for each of their steps.

For a method that costs more than scheduling does: it is bound to its loop, called with a keyword to be parsed, and the
binding is thrown away. So the loop's class has a descriptor of its own under the name. Asked for an attribute (C code
on Python 3.11) it gives one C function that stays bound for the life of the loop; called as a method (Python code, and
C code since 3.12) it is the function, and nothing is bound. What is not ``call_soon(callback, *args)``, with or without
a context, is left to `Scheduler.call_soon`, and to its complaints.

A ``call_soon`` of a subclass goes before it, as with any attribute; so does one that is put into a loop.
"""

import cython
from cython.cimports.cpython.object import PyObject, PyTypeObject
from cython.cimports.whorl._core.linux import argument_count, bind_call_soon, is_called_as_method, tuple_of
from cython.cimports.whorl._core.scheduler import Scheduler

_method = cython.declare(object, Scheduler.call_soon)
# The names of the last call that had only a context by keyword: asyncio comes with the same tuple each time.
_context_alone = cython.declare(tuple, ("context",))


@cython.final
@cython.cclass
class CallSoon:
    """The attribute ``call_soon`` of the loop's class."""

    vectorcall: cython.p_void

    __doc__ = Scheduler.call_soon.__doc__

    __name__ = "call_soon"

    @property
    def __wrapped__(self):
        """The method; ``inspect`` looks for its signature here."""
        return _method

    def __cinit__(self):
        self.vectorcall = cython.cast(cython.p_void, as_method)

    def __call__(self, *args, **kwargs):
        return _method(*args, **kwargs)  # for who looks for the name: calls come to as_method

    def __get__(self, instance, owner):
        if instance is None:
            return self
        loop: Scheduler = instance
        if loop.bound_call_soon is not None:
            return loop.bound_call_soon
        bound = bind_call_soon(loop, cython.cast(cython.p_void, call_soon))
        if not loop._closed:  # it refers to the loop: close() lets go of it
            loop.bound_call_soon = bound
        return bound


@cython.cfunc
def as_method(
    _descriptor: object,
    args: cython.pointer(cython.pointer(PyObject)),
    count: cython.size_t,
    names: cython.pointer(PyObject),
):
    """What the descriptor does when it is called (vectorcallfunc): the loop is the first argument."""
    given: cython.Py_ssize_t = argument_count(count)
    if given == 0:
        raise TypeError("EventLoop.call_soon() needs a loop")
    loop: Scheduler = cython.cast(object, args[0])
    return call_soon(loop, args + 1, given - 1, names)


@cython.cfunc
def call_soon(
    loop: Scheduler,
    args: cython.pointer(cython.pointer(PyObject)),
    count: cython.Py_ssize_t,
    names: cython.pointer(PyObject),
):
    """What is handed out, in the calling convention METH_FASTCALL | METH_KEYWORDS."""
    context: object = None
    if count == 0 or loop._debug:
        return by_method(loop, args, count, names)
    if names is not cython.NULL:
        if not is_context_alone(cython.cast(tuple, names)):
            return by_method(loop, args, count, names)
        context = cython.cast(object, args[count])
    return loop.soon(cython.cast(object, args[0]), tuple_of(args + 1, count - 1), context)


@cython.cfunc
@cython.exceptval(-1, check=False)
def is_context_alone(names: tuple) -> cython.bint:
    global _context_alone
    if names is _context_alone:
        return True
    if names != _context_alone:
        return False
    _context_alone = names
    return True


@cython.cfunc
def by_method(
    loop: Scheduler,
    args: cython.pointer(cython.pointer(PyObject)),
    count: cython.Py_ssize_t,
    names: cython.pointer(PyObject),
):
    keywords = {}
    if names is not cython.NULL:
        for i, name in enumerate(cython.cast(tuple, names)):
            keywords[name] = cython.cast(object, args[count + i])
    return _method(loop, *tuple_of(args, count), **keywords)


is_called_as_method(
    cython.cast(cython.pointer(PyTypeObject), CallSoon),
    cython.cast(cython.size_t, cython.address(cython.cast(CallSoon, cython.NULL).vectorcall)),
)
CALL_SOON = CallSoon()
