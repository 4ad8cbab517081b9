"""Waiting, in a coroutine, for what comes of a call elsewhere; and handing requests to stop on to it.

Whoever makes a call has a ``concurrent.futures.Future`` for its outcome, and perhaps a `Cancellation` that tells it to
stop. The rules are those of a coroutine that is awaited in place of the call: a cancelled task passes the
request on, waits until the call has ended, and gets what the call makes of it.
"""

import asyncio
import functools
import logging
from concurrent import futures
from typing import TypeVar

from whorl.cancellation import Cancellation, Impatience
from whorl.offload.naming import name_of

_T = TypeVar("_T")

log = logging.getLogger("whorl.offload")


async def outcome(future: "futures.Future[_T]", cancellation: Cancellation | None, fn: object = None) -> _T:
    """Wait for what comes of a call.

    Parameters:
        future: gets it.
        cancellation: asks the call to stop; ``None`` if nothing can. The call is then abandoned when the task that
            waits is cancelled: it goes on, and nobody hears what comes of it.
        fn: what is told to stop; to be named when a second Ctrl-C ends the wait.

    Returns:
        The call's result; also when it was told to stop and refused, by catching the `Cancelled`.

    Raises:
        Cancelled: the task was cancelled, and the call had not begun, let the exception out, or ended without having
            noticed.
        BaseException: what the call raised.
    """
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    impatience: Impatience | None = None
    future.add_done_callback(functools.partial(_tell, loop, ended))
    try:
        while not future.done():
            try:
                await ended.wait()
            except BaseException as error:
                if impatience is None:
                    impatience = Impatience()
                elif impatience.shown():
                    log.warning("%s was told to stop and goes on; nobody waits for it any longer", name_of(fn))
                    raise
                taken_back = future.cancel()
                if not taken_back and cancellation is not None:
                    cancellation.request(*error.args[:1])
                # What is no cancellation (the coroutine is closed, say) leaves nobody here who could wait.
                if taken_back or cancellation is None or not isinstance(error, asyncio.CancelledError):
                    raise
        if future.cancelled():
            raise asyncio.CancelledError("the executor gave the call up before it began")
        if cancellation is not None and future.exception() is None:
            cancellation.check()
        return future.result()
    finally:
        del future  # an exception knows this frame, and would keep itself alive


def _tell(loop: asyncio.AbstractEventLoop, ended: asyncio.Event, _future: object) -> None:
    """Wake the task that waits; a loop that is closed by now has none."""
    try:
        loop.call_soon_threadsafe(ended.set)
    except RuntimeError:
        if not loop.is_closed():
            raise
