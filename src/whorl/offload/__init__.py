"""offload: blocking calls leave the event loop, and a coroutine awaits what comes of them.

``outcome``
    Waiting for a call elsewhere, and the rules of cancelling it.
``naming``
    What a function is called in a message.
``threads``
    Calls in whorl's threads, and in any ``concurrent.futures`` executor.
``processes``, ``cell``, ``parcel``
    Calls in processes of whorl's own: how many, one of them, and what travels there and back.
``cluster``
    Calls on the machines of a dask cluster.
``target``
    What ``to=`` may be.
``mapping``
    The same call for many items.
"""

import sys
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Coroutine, Iterable
from types import ModuleType
from typing import Any, ParamSpec, TypeVar, cast, overload

from whorl.compat import mark_coroutine_function
from whorl.offload.mapping import mapped
from whorl.offload.target import To, caller

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Item = TypeVar("_Item")


class Offload(ModuleType):
    """Call a blocking function away from the event loop, and wait for it in a coroutine.

    Parameters:
        fn: the function; no coroutine function.
        args: its arguments.
        to: where it runs, see below.
        kw: its keyword arguments. One that is called ``to`` goes through :func:`functools.partial`.

    Returns:
        What the function returns, when it is awaited.

    Raises:
        TypeError: ``fn`` is nothing to call, or a coroutine function, or one of generators; ``to`` is no place to call
            it; or (when awaited) something can't travel to a process.
        ValueError: ``to`` is an unknown word.
        WorkerLost: the process or the machine that was at work on it is gone.

    What the function raises comes out with its traceback; that of a process is the text of its cause. When the
    task that waits is cancelled, what happens depends on where the function runs:

    - ``"thread"``: a thread for each call in flight; there is no queue and no limit, so calls that wait for each other
      can't deadlock. Context variables travel. The function is asked to stop: `checkpoint` and `sleep` raise
      `Cancelled` in it. ``offload`` waits until it has ended, or until a second Ctrl-C, with a warning that names it;
      the outcome is that of a coroutine in its place.
    - ``"process"``: a process of whorl's own, as many at once as there are CPUs; others wait. The function must be
      importable (defined in a module, which a script guards by ``if __name__ == "__main__":``), arguments and result
      must be picklable; context variables do not travel. The process is killed (SIGKILL: nothing in it is tidied up).
    - a :class:`concurrent.futures.Executor`: under its own limits. A ``ThreadPoolExecutor`` is treated like
      ``"thread"``. Elsewhere a call that has not begun is taken back, and one that runs is abandoned: it goes on, and
      nobody hears what comes of it.
    - a ``dask.distributed.Client``, synchronous or not: a call that has not begun is taken back, and one that runs is
      abandoned. A call whose machine is lost is repeated elsewhere by dask, and `WorkerLost` when dask gives up.

    Example::

        async def main():
            text = await whorl.offload(pathlib.Path("notes").read_text, encoding="utf-8")
            digest = await whorl.offload(slow_hash, text, to="process")
    """

    @overload
    def __call__(self, fn: Callable[..., _T], *args: Any, to: To, **kw: Any) -> Coroutine[Any, Any, _T]: ...

    @overload
    def __call__(self, fn: Callable[_P, _T], *args: _P.args, **kw: _P.kwargs) -> Coroutine[Any, Any, _T]: ...

    @mark_coroutine_function
    def __call__(self, fn: Callable[..., _T], *args: Any, to: To = "thread", **kw: Any) -> Coroutine[Any, Any, _T]:
        return caller(fn, to)(fn, args, kw)

    def map(
        self,
        fn: Callable[[_Item], _T],
        items: Iterable[_Item] | AsyncIterable[_Item],
        *,
        limit: int | None = None,
        ordered: bool = True,
        to: To = "thread",
    ) -> AsyncGenerator[_T, None]:
        """Call a blocking function for each item, some of them at a time, and yield the results.

        Parameters:
            fn: the function; takes one item.
            items: the items, also endless. A plain iterable is advanced in the loop's thread.
            limit: how many calls run at once. ``None`` is as many as there are CPUs for ``to="process"``, elsewhere
                four more than that, 32 at most.
            ordered: yield in the order of the items; otherwise whichever is there first.
            to: where the calls run, as for `offload`.

        Returns:
            An asynchronous generator of the results.

        Raises:
            TypeError or ValueError: as for `offload`, ``items`` can't be iterated, or ``limit`` is less than 1.

        Items are taken only while somebody waits for a result: a slow consumer slows down the calls, and at most twice
        ``limit`` of them run or wait with their result. So in order a slow call holds up those after it, though not at
        once. When a call fails its exception comes out where its result would have, and the others are cancelled and
        waited for. So they are when the loop is left early; ``contextlib.aclosing`` makes that happen at once.

        Example::

            async def main():
                async for page in whorl.offload.map(download, urls, limit=8):
                    print(len(page))
        """
        return mapped(fn, items, limit, ordered, to)


# The module itself is what is called: by the name ``whorl.offload`` a program gets one or the other, depending on what
# it has imported first, and so they must be one.
sys.modules[__name__].__class__ = Offload
offload = cast(Offload, sys.modules[__name__])
__doc__ = Offload.__doc__ or ""
