# Kernel-facing module: compiled only; coroutine.pxd is its C side, coroutine.pyi its face to type checkers.
"""A coroutine written by hand: what the operations on sockets and streams have in common.

``step`` is the one door. From C it is reached through the type's slots: ``am_send`` (a task of its own, and ``await``
in a coroutine on Python 3.11) hands the result over as it is; ``tp_iternext`` (``await`` since 3.12) sets a
StopIteration without a traceback. From Python it is reached through ``send`` and ``__next__``. Raising for each message
as Python code does would cost more than the rest of the step.
"""

import warnings

import cython
from cython.cimports.cpython.object import PyObject, PyTypeObject
from cython.cimports.whorl._core.linux import PYGEN_NEXT, PYGEN_RETURN, fill_steps, give


@cython.no_gc_clear
@cython.cclass
class Stepped:
    """What a coroutine is to those who drive it."""

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        return self.send(None)

    def send(self, value):
        """Go on; returns the future to wait for, or ends with StopIteration and the result."""
        result = self.step()
        if self.finished:
            raise StopIteration(result)
        return result

    def throw(self, kind, value=None, traceback=None):
        """End with an exception, cancellation for one."""
        if self.finished:
            raise RuntimeError("cannot reuse already awaited coroutine")
        self.close()
        raise thrown(kind, value)

    def close(self):
        """End without a result; nothing was taken that nobody got."""
        self.started = True
        self.abandon()

    def __getattr__(self, name):
        # A coroutine's names, for the repr of its task; extension types cannot define these as properties.
        if name in ("__name__", "__qualname__"):
            return self.method
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def cr_running(self):
        return False

    @property
    def cr_frame(self):
        return None

    @property
    def cr_await(self):
        return self.future

    def step(self):
        """Go on: returns the result and is ``finished``, or returns what the task is to wait for."""
        raise NotImplementedError

    def abandon(self) -> cython.int:
        """Give up: let go of what is held."""
        raise NotImplementedError


@cython.cfunc
def thrown(kind, value):
    """Return the exception that was given to ``throw()``: as it is, or by its class and perhaps its value."""
    if value is not None:
        return value
    return kind() if isinstance(kind, type) else kind


@cython.cfunc
@cython.exceptval(-1, check=False)
def am_send(coroutine: Stepped, _value: object, result: cython.pointer(cython.pointer(PyObject))) -> cython.int:
    """The C side of ``send()`` (PyAsyncMethods.am_send)."""
    result[0] = cython.NULL
    give(coroutine.step(), result)
    return PYGEN_RETURN if coroutine.finished else PYGEN_NEXT


@cython.no_gc_clear
@cython.cclass
class Coroutine(Stepped):
    """To be awaited once, by a coroutine or as a task of its own; it warns if nobody does."""

    def __del__(self):
        if not self.started:
            warnings.warn(f"coroutine {self!r} was never awaited", RuntimeWarning, source=self, stacklevel=2)
        elif not self.finished:
            self.abandon()  # a coroutine that is dropped is closed


@cython.final
@cython.cclass
class Done(Stepped):
    """A coroutine that has nothing to do: it may be awaited any number of times."""

    method = "Done"

    def __cinit__(self):
        self.started = self.finished = True

    def throw(self, kind, value=None, traceback=None):
        """End with an exception, cancellation for one; the next one is not concerned."""
        raise thrown(kind, value)

    @cython.cfunc
    def step(self):
        return None

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def abandon(self) -> cython.int:
        return 0


DONE = Done()

# Types of other modules, made when these are imported, inherit the slots; those of this one exist already.
for _kind in (Stepped, Coroutine, Done):
    fill_steps(cython.cast(cython.pointer(PyTypeObject), _kind), cython.cast(cython.p_void, am_send))
