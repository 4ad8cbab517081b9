"""The door to the loop: ``run()`` for a program, ``new_event_loop()`` for a framework, ``Policy`` for old code."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from whorl import compat

if TYPE_CHECKING or sys.platform == "linux":
    from whorl._loop.loop import EventLoop as EventLoop
else:
    # Without epoll there is nothing for whorl to drive: programs get the loop that asyncio has for the system.
    EventLoop = compat.STANDARD_LOOP

_T = TypeVar("_T")


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return a new, closed-by-you event loop: whorl's on Linux, asyncio's own on every other system.

    It fits wherever a loop factory is asked for: ``asyncio.Runner(loop_factory=whorl.new_event_loop)``, anyio's
    ``backend_options``, ``uvicorn --loop whorl:new_event_loop``.

    Returns:
        A loop that is neither running nor set as the current one. Close it when you are done with it.

    Raises:
        OSError: the process has no descriptors left for epoll and the waker.

    The behaviour is that of :func:`asyncio.new_event_loop`.

    Example::

        with asyncio.Runner(loop_factory=whorl.new_event_loop) as runner:
            runner.run(main())
    """
    return EventLoop()


def run(main: Coroutine[Any, Any, _T], *, debug: bool | None = None) -> _T:
    """Run a coroutine on a fresh loop of whorl's until it is done, and clean up after it.

    Parameters:
        main: the coroutine to run, as ``main()`` gives it.
        debug: switch asyncio's debug mode on or off; ``None`` leaves it to ``PYTHONASYNCIODEBUG`` and ``-X dev``.

    Returns:
        What the coroutine returns.

    Raises:
        RuntimeError: a loop already runs in this thread.
        ValueError or TypeError: ``main`` is no coroutine (which of the two depends on the interpreter, as in asyncio).

    The behaviour is that of :func:`asyncio.run`: remaining tasks are cancelled, asynchronous generators and the
    default executor are shut down, Ctrl-C cancels ``main``.

    Example::

        whorl.run(main())
    """
    if asyncio._get_running_loop() is not None:
        raise RuntimeError("whorl.run() cannot be called from a running event loop; await the coroutine instead")
    with asyncio.Runner(debug=debug, loop_factory=new_event_loop) as runner:
        return runner.run(main)


class Policy(asyncio.DefaultEventLoopPolicy):
    """asyncio's default policy with whorl's loop: what ``whorl run`` sets before it starts a program."""

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """Return a new loop of whorl's, see :func:`new_event_loop`."""
        return new_event_loop()
