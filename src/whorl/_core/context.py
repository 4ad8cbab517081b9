# Kernel-facing module: compiled only; context.pxd is its C side, context.pyi its face to type checkers.
"""The contexts of callbacks: made when they run, not when they are scheduled.

asyncio runs each callback in a copy of the context that scheduled it. A copy is a small object around *variables*, a
mapping that never changes and that copies share. So a handle keeps the variables alone; ``lend`` wraps a context around
them while the callback runs, the same one again and again, and ``take_back`` returns what the callback has made of
them. Whoever asks a handle for its context gets one that is the handle's own from then on.

The variables are a field of CPython's context objects that Python has no name for (``ctx_vars``, see
Include/internal/pycore_context.h); the import checks where it stands.
"""

import contextvars
import weakref

import cython
from cython.cimports.whorl._core.linux import (
    context_enter,
    context_exit,
    context_is_used,
    context_new,
    context_size,
    current_variables,
    references_to,
    swap_variables,
)

_NONE = cython.declare(object, swap_variables(context_new(), None))  # the variables of a context that has none
_spare = cython.declare(object, None)


@cython.cfunc
def variables_here():
    """The variables of the current context."""
    return current_variables(_NONE)


@cython.cfunc
def lend(variables):
    """Return a context with these variables, until it is taken back."""
    global _spare
    context, _spare = _spare, None
    if context is None:
        context = context_new()
    swap_variables(context, variables)
    return context


@cython.cfunc
def take_back(context):
    """Return the variables of a context to which the caller has two references; None if somebody else keeps it."""
    global _spare
    if references_to(context) > 2 or context_is_used(context):
        return None
    variables = swap_variables(context, _NONE)
    _spare = context
    return variables


def context_with(variables):
    """Return a new context with these variables."""
    if type(variables) is not type(_NONE):
        raise TypeError(f"the variables of a context were expected, got {variables!r}")
    context = context_new()
    swap_variables(context, variables)
    return context


def _check_layout():
    variable = contextvars.ContextVar("variable")
    context = contextvars.Context()
    context.run(variable.set, 1)
    known = type(context).__basicsize__ == context_size and type(_NONE).__name__ == "hamt"
    if known:
        unused = not context_is_used(context)
        context_enter(context)
        entered = context_is_used(context)
        context_exit(context)
        reference = weakref.ref(context)
        referred_to = context_is_used(context)
        del reference
        variables = swap_variables(context, _NONE)
        moved = len(context) == 0 and context_with(variables)[variable] == 1
        known = unused and entered and referred_to and moved
    if not known:
        raise ImportError("whorl._core: this interpreter lays its contexts out in an unknown way")


_check_layout()
