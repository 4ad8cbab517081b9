"""Where a call can go: what ``to=`` may be, and what is wrong with a call that can't be made."""

import functools
import inspect
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from whorl.forms import is_coroutine_function, is_generator_function
from whorl.offload.naming import name_of
from whorl.offload.threads import call_in_executor, call_in_thread

if TYPE_CHECKING:
    from distributed import Client

_T = TypeVar("_T")

To: TypeAlias = "Literal['thread', 'process'] | Executor | Client"
# Makes the call: with the function, its arguments, its keyword arguments.
Caller: TypeAlias = Callable[[Callable[..., _T], tuple[Any, ...], dict[str, Any]], Coroutine[Any, Any, _T]]

_CHOICES = '"thread", "process", a concurrent.futures.Executor, or a dask.distributed.Client'


def caller(fn: Callable[..., _T], to: To, *, bounded: bool = True) -> Caller[_T]:
    """Return what makes the call.

    Parameters:
        fn: the function that will be called.
        to: where.
        bounded: keep to the number of CPUs for processes; otherwise whoever asks has a limit of their own.

    Raises:
        TypeError or ValueError: this function can't be called, or not there.
    """
    _need_plain_function(fn)
    if to == "thread":
        return call_in_thread
    if to == "process":
        from whorl.offload import processes

        return processes.call_in_process if bounded else processes.call_in_cell
    if isinstance(to, Executor):
        return functools.partial(call_in_executor, to)
    distributed = sys.modules.get("distributed")  # who has a client has imported it
    if distributed is not None and isinstance(to, distributed.Client):
        from whorl.offload import cluster

        return functools.partial(cluster.call_in_cluster, to)
    wrong = ValueError if isinstance(to, str) else TypeError
    raise wrong(f"a call can't be offloaded to {to!r}; to= takes {_CHOICES}")


def _need_plain_function(fn: object) -> None:
    if not callable(fn):
        raise TypeError(f"offload needs a function to call, got {fn!r}; write offload(fn, x) for fn(x)")
    if is_coroutine_function(fn):
        raise TypeError(f"{name_of(fn)} is a coroutine function and blocks nothing: just await it")
    if inspect.isasyncgenfunction(fn):
        raise TypeError(f"{name_of(fn)} is an asynchronous generator function: iterate it with `async for`")
    if is_generator_function(fn):
        raise TypeError(
            f"calling {name_of(fn)} only makes a generator, and nothing would run; offload what iterates it"
        )
