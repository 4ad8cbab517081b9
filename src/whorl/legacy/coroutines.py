"""Generators as coroutines, as they were from 3.4 to 3.10: ``coroutine``, and how a task of today drives them."""

import asyncio
import functools
import inspect
import types
from collections.abc import Callable, Generator, Iterator
from typing import Any

from whorl import compat


class Driven:
    """A generator with the face of a coroutine: since 3.12 a task takes no generator.

    ``send``, ``throw`` and ``close`` are the generator's own, so no frame of this class is ever in a traceback.
    """

    __slots__ = ("__weakref__", "close", "generator", "send", "throw")

    def __init__(self, generator: Generator[Any, Any, Any]) -> None:
        self.generator = generator
        self.send = generator.send
        self.throw = generator.throw
        self.close = generator.close

    def __await__(self) -> Iterator[Any]:
        return self.generator

    def __getattr__(self, name: str) -> Any:
        return getattr(self.generator, name)  # __name__, gi_frame: what a task's repr and stack ask for


class _Plain:
    """A generator that nobody takes for a coroutine."""

    def __init__(self, generator: Generator[Any, Any, Any]) -> None:
        self.send = generator.send
        self.throw = generator.throw
        self.close = generator.close

    def __iter__(self) -> "_Plain":
        return self

    def __next__(self) -> Any:
        return self.send(None)


def iterator(thing: Any) -> Any:
    """Return what a plain generator can ``yield from``, or ``__await__`` return, to wait for ``thing``.

    ``None`` is Trollius's way to let others run: ``yield From(None)``.
    """
    if thing is None:
        return iter((None,))
    if isinstance(thing, types.GeneratorType):
        return _Plain(thing) if thing.gi_code.co_flags & inspect.CO_ITERABLE_COROUTINE else thing
    return thing.__await__() if hasattr(type(thing), "__await__") else thing


def waiting(thing: Any) -> Any:
    """Return what a coroutine of Trollius does for ``yield thing``: wait, if that can be waited for."""
    return iterator(thing) if iscoroutine(thing) or hasattr(type(thing), "__await__") else iter((thing,))


def driven(awaitable: Any) -> Any:
    """Return what a task of today accepts: a generator in the face of a coroutine, anything else as it is."""
    return Driven(awaitable) if isinstance(awaitable, types.GeneratorType) else awaitable


def coroutine(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a coroutine function of a generator function, or of a function that may return a future or generator.

    The behaviour is that of ``asyncio.coroutine`` in Python 3.6: a generator function stays itself, with a flag; any
    other function is called when its coroutine is driven, and what it returns is awaited if it can be.
    """
    if inspect.iscoroutinefunction(function):
        return function
    if function.__name__ == "__aiter__" and not inspect.isgeneratorfunction(function):
        return function  # Python 3.5 took an awaitable from it; what it returns is what is meant
    wrapper: Any = types.coroutine(function if inspect.isgeneratorfunction(function) else _late(function))
    wrapper._is_coroutine = compat.coroutine_mark  # asyncio.iscoroutinefunction looks for it
    return wrapper  # type: ignore[no-any-return]


def _late(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def coro(*args: Any, **options: Any) -> Any:
        result = function(*args, **options)
        if asyncio.isfuture(result) or inspect.isgenerator(result):
            result = yield from result
        elif hasattr(type(result), "__await__"):
            result = yield from result.__await__()
        return result

    return coro


def iscoroutine(thing: Any) -> bool:
    """Whether ``thing`` is a coroutine; as in 3.6, every generator is one."""
    return isinstance(thing, types.GeneratorType) or asyncio.iscoroutine(thing)


def ensure_future(awaitable: Any, *, loop: asyncio.AbstractEventLoop | None = None) -> Any:
    """Return a future of ``awaitable``; one that is no future becomes a task of ``loop`` or of the current loop."""
    if asyncio.isfuture(awaitable):
        if loop is not None and loop is not awaitable.get_loop():
            raise ValueError("loop argument must agree with Future")
        return awaitable
    loop = loop or current_loop()
    if iscoroutine(awaitable):
        return loop.create_task(driven(awaitable))
    return asyncio.ensure_future(awaitable, loop=loop)


def current_loop() -> asyncio.AbstractEventLoop:
    """The running loop, or the one that the policy has, without a warning: see :mod:`whorl.legacy.loop`."""
    return asyncio.get_event_loop()


def calling_back(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a callback of asyncio's that may be a coroutine function, so that its generator is seen as a coroutine."""
    if asyncio.iscoroutine(function):
        return function

    @functools.wraps(function)
    def call(*args: Any) -> Any:
        return driven(function(*args))

    return call
