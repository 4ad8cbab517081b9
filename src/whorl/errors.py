"""Every exception of whorl's own: what happened, in which state, and what to do next."""

import asyncio
from typing import Any

# One exception for both worlds. It is asyncio's own, because tasks are cancelled by asyncio itself: `except Cancelled`
# must catch what `task.cancel()` throws, and a class of our own that asyncio does not know could not. A thread's job
# gets the same one from its checkpoints. Like asyncio's it is no `Exception`: `except Exception` lets it pass.
Cancelled = asyncio.CancelledError


class WrongForm(RuntimeError):
    """A ``with`` where an event loop runs or an ``async with`` where none does: the text names the right form.

    The sync form would block the loop, and with it everything else that the program does.

    Example::

        async def fetch():
            try:
                with whorl.Supervisor():
                    pass
            except whorl.WrongForm as error:
                print(error)  # … write `async with whorl.Supervisor() as crew`
    """


class StillRunning(TimeoutError):
    """Jobs were told to stop and had not stopped when the time of grace was over.

    The text names each job with the line where it is. Such a job goes on: a thread can't be stopped from outside, and
    a coroutine that refuses to be cancelled is its own master. Give it a ``whorl.checkpoint()`` where it spends its
    time, or more grace.

    Example::

        try:
            with whorl.Supervisor(grace=3) as crew:
                crew.start(download, urls[0])
        except* whorl.StillRunning as group:
            print(group.exceptions[0].jobs)
    """

    def __init__(self, text: str, jobs: tuple[Any, ...] = ()) -> None:
        super().__init__(text)
        self.jobs = jobs
        """The jobs that go on."""


class DeadlineExceeded(TimeoutError):
    """The work was not done when its deadline came, and what was left of it was cancelled.

    Example::

        try:
            with whorl.Supervisor(deadline=60) as crew:
                jobs = [crew.start(download, url) for url in urls]
        except* whorl.DeadlineExceeded as group:
            print(group.exceptions[0])
    """


class WorkerLost(RuntimeError):
    """A process or a machine that was at work on a call is gone, and whether the call had an effect is unknown.

    Example::

        async def safe(url):
            try:
                return await whorl.offload(download, url, to="process")
            except whorl.WorkerLost:
                return None
    """


class CannotRevive(RuntimeError):
    """A line of an old program that no Python of today can run: the text says which, what it was, and what to use.

    Example::

        # old.py, line 9: aiohttp.request is aiohttp before 1.0, …; use aiohttp.ClientSession: …
    """
