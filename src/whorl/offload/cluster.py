"""Calls in a dask cluster. The client's own loop makes the call and watches over it, whichever loop waits for it.

A synchronous client has its loop in a thread, an asynchronous one uses the loop that it was made in; there the same
coroutine runs. dask repeats a call whose worker died, on another worker, and fails it when it has cost it several. But
it waits without end for a worker when there is none, and for a scheduler that has gone: that is noticed here.
"""

import asyncio
import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar

from whorl.errors import WorkerLost
from whorl.offload.naming import name_of
from whorl.offload.outcome import outcome

_T = TypeVar("_T")

# Seconds for which a call waits in a cluster that has no worker: a nanny needs a few to start one anew.
PATIENCE = 10.0
# Seconds between two looks at the cluster.
_LOOK = 1.0


async def call_in_cluster(client: Any, fn: Callable[..., _T], args: tuple[Any, ...], kw: dict[str, Any]) -> _T:
    """Call a function on a worker of the cluster."""
    if client.status not in ("running", "connecting"):
        raise RuntimeError(f"the dask client is {client.status}, and takes no calls; connect it, or make a new one")
    loop = client.loop.asyncio_loop
    call = _call(client, fn, args, kw)
    if loop is asyncio.get_running_loop():
        return await call
    return await outcome(asyncio.run_coroutine_threadsafe(call, loop), None)


async def _call(client: Any, fn: Callable[..., _T], args: tuple[Any, ...], kw: dict[str, Any]) -> _T:
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError

    # Keywords are bound, as ``submit`` has its own. Not pure: the same call made twice is two calls.
    future = client.submit(functools.partial(fn, **kw) if kw else fn, *args, pure=False)
    result: asyncio.Task[_T] = asyncio.ensure_future(future.result())
    result.add_done_callback(lambda task: task.cancelled() or task.exception())  # not reported if nobody waits any more
    try:
        seen = time.monotonic()
        while not result.done():
            await asyncio.wait([result], timeout=_LOOK)
            if result.done() or await _has_worker(client):
                seen = time.monotonic()
            elif time.monotonic() - seen > PATIENCE:
                raise WorkerLost(f"{name_of(fn)} was not finished: {_state(client)} for {PATIENCE:.0f} seconds")
        return result.result()
    except (KilledWorker, FutureCancelledError) as error:
        raise WorkerLost(
            f"{name_of(fn)} was lost in the cluster, and whether it had an effect is unknown: {error}"
        ) from error
    finally:
        result.cancel()
        future.release()  # nobody else has it: dask drops the call, or what comes of it
        del future, result  # an exception knows this frame, and would keep itself alive


async def _has_worker(client: Any) -> bool:
    try:
        async with asyncio.timeout(_LOOK):
            return bool(await client.nthreads())
    except (OSError, TimeoutError):  # of which the end of a connection is one
        return False


def _state(client: Any) -> str:
    return (
        "the cluster had no worker"
        if client.status == "running"
        else f"the scheduler was gone (client {client.status})"
    )
