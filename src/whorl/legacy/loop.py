"""The loop of a revived program: whorl's, which takes generators for coroutines wherever a loop is given one."""

import asyncio
import os
import threading
import weakref
from typing import Any

from whorl.legacy.coroutines import driven
from whorl.runner import EventLoop, Policy

_HERE = os.path.dirname(__file__)


class Revived:
    """What stands before a class of loop, so that it behaves to old programs as theirs did."""

    def create_task(self, coro: Any, **options: Any) -> Any:
        """Run a coroutine or a generator as a task."""
        task = super().create_task(driven(coro), **options)  # type: ignore[misc]
        made_at = task._source_traceback  # in debug mode
        while made_at and made_at[-1].filename.startswith(_HERE):
            del made_at[-1]
        self.every_task().add(task)
        return task

    def run_until_complete(self, future: Any) -> Any:
        """Run until a future, a coroutine or a generator is done."""
        return super().run_until_complete(driven(future))  # type: ignore[misc]

    async def create_server(self, *args: Any, **options: Any) -> Any:
        """Return a server; to wait for its end is to wait for nothing once it is closed, as it was until 3.12."""
        return _patient(await super().create_server(*args, **options))  # type: ignore[misc]

    async def create_unix_server(self, *args: Any, **options: Any) -> Any:
        """Return a server on a Unix socket; see :meth:`create_server`."""
        return _patient(await super().create_unix_server(*args, **options))  # type: ignore[misc]

    async def create_datagram_endpoint(self, *args: Any, reuse_address: bool | None = None, **options: Any) -> Any:
        """Return an endpoint; ``reuse_address``, which is gone since 3.11, is for ports what ``reuse_port`` is."""
        if reuse_address:
            options.setdefault("reuse_port", True)
        return await super().create_datagram_endpoint(*args, **options)  # type: ignore[misc]

    def every_task(self) -> weakref.WeakSet[Any]:
        """All tasks of the loop that somebody still holds, the done ones too: what ``Task.all_tasks`` gave."""
        names = self.__dict__
        found: weakref.WeakSet[Any] = names.setdefault("_every_task", weakref.WeakSet())
        return found


def _patient(server: Any) -> Any:
    wait = server.wait_closed

    async def wait_closed() -> None:
        # Since 3.12 it waits for every connection to end. Old programs close the server and leave.
        if server.sockets:
            await wait()

    server.wait_closed = wait_closed
    return server


class RevivedLoop(Revived, EventLoop):  # type: ignore[misc]  # as in whorl._loop.loop
    """whorl's loop for old programs."""


class SelectorEventLoop(RevivedLoop):
    """``asyncio.SelectorEventLoop`` to old programs: whorl has one way to wait, whichever selector is asked for."""

    def __init__(self, selector: object = None) -> None:
        super().__init__()


class RevivedPolicy(Policy):
    """The default policy of old programs: ``get_event_loop()`` makes a loop in the main thread, without a warning."""

    def __init__(self) -> None:
        super().__init__()
        self._known = threading.local()

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """Return a new loop that takes generators."""
        return RevivedLoop()

    def set_event_loop(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Set the loop of this thread."""
        self._known.told = True
        super().set_event_loop(loop)

    def get_event_loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop of this thread; in the main thread one is made when none was ever set."""
        if not hasattr(self._known, "told") and threading.current_thread() is threading.main_thread():
            self.set_event_loop(self.new_event_loop())
        return super().get_event_loop()
