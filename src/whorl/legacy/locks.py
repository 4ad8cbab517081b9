"""asyncio's locks as they were: a ``loop=``, and ``with (yield from lock)``."""

import asyncio
from collections.abc import Generator
from types import TracebackType
from typing import Any

from whorl.legacy.coroutines import iterator
from whorl.legacy.faces import Face, stands_for


class _Held:
    """What ``yield from lock`` gives, for the ``with`` around it: it lets the lock go."""

    def __init__(self, lock: Any) -> None:
        self._lock = lock

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._lock.release()


class _Waitable:
    """What stands before a class of locks."""

    def __iter__(self) -> Generator[Any, Any, _Held]:
        yield from iterator(self.acquire())  # type: ignore[attr-defined]
        return _Held(self)

    __await__ = __iter__

    def __enter__(self) -> None:
        raise RuntimeError('"yield from" should be used as context manager expression')

    def __exit__(self, *_: object) -> None:
        pass  # never reached, but `with` looks for it before it enters


@stands_for(asyncio.Lock)
class Lock(_Waitable, asyncio.Lock, metaclass=Face):
    def __init__(self, *, loop: Any = None) -> None:
        super().__init__()


@stands_for(asyncio.Condition)
class Condition(_Waitable, asyncio.Condition, metaclass=Face):
    def __init__(self, lock: Any = None, *, loop: Any = None) -> None:
        super().__init__(lock)


@stands_for(asyncio.Semaphore)
class Semaphore(_Waitable, asyncio.Semaphore, metaclass=Face):
    def __init__(self, value: int = 1, *, loop: Any = None) -> None:
        super().__init__(value)


@stands_for(asyncio.BoundedSemaphore)
class BoundedSemaphore(Semaphore, asyncio.BoundedSemaphore):
    pass
