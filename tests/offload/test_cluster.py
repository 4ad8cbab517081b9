"""Calls in a dask cluster: a scheduler and worker processes on this machine, clients of both kinds."""

import asyncio
import contextlib
import gc
import inspect
import json
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import dask
import pytest
from distributed import Client, LocalCluster

import whorl
from whorl.offload import cluster

from . import calls
from .conftest import Run
from .support import until

KINDS = ["synchronous", "asynchronous"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a scheduler with two workers, which gives a call up when it has cost two of them."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0") as local,
    ):
        yield local.scheduler_address


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A scheduler in a process of its own, without a worker; and its address."""
    file = tmp_path / "scheduler.json"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--dashboard-address", "127.0.0.1:0", "--scheduler-file", file], stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while not (file.exists() and file.read_text().strip().endswith("}")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process, json.loads(file.read_text())["address"]
    finally:
        process.kill()
        process.wait()


@contextlib.asynccontextmanager
async def connected(kind: str, address: str) -> AsyncIterator[Client]:
    """A client of either kind; one that has lost its scheduler does not try for long."""
    if kind == "asynchronous":
        async with Client(address, asynchronous=True, timeout=10) as client:
            yield client
    else:
        with Client(address, timeout=10) as client:
            yield client


# -- results --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_results_and_exceptions_come_back(run: Run, address: str, kind: str) -> None:
    async def main() -> None:
        async with connected(kind, address) as client:
            assert await whorl.offload(int, "11", base=2, to=client) == 3
            assert await whorl.offload(sorted, [2, 1], to=client, key=lambda item: item) == [1, 2]  # dask can send it
            pids = {await whorl.offload(time.monotonic_ns, to=client) for _ in range(2)}
            assert len(pids) == 2  # the same call twice is two calls
            with pytest.raises(LookupError, match="mine") as caught:
                await whorl.offload(calls.fail, "mine", to=client)
            assert "fail" in [entry.name for entry in caught.traceback]
            results = [length async for length in whorl.offload.map(len, ["x" * 5, "x" * 3, "x"], limit=2, to=client)]
            assert results == [5, 3, 1]

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_travel_is_dasks_error(run: Run, address: str, kind: str) -> None:
    async def main() -> None:
        async with connected(kind, address) as client:
            with pytest.raises(TypeError, match="serialize"):
                await whorl.offload(len, threading.Lock(), to=client)
            assert await whorl.offload(len, "xy", to=client) == 2

    run(main())


def test_nothing_is_kept_of_a_call(run: Run, address: str) -> None:
    async def main() -> None:
        async with connected("asynchronous", address) as client:
            left: weakref.ref[frozenset[str]] = weakref.ref(await whorl.offload(frozenset, "abc", to=client))
            with pytest.raises(LookupError):
                await whorl.offload(calls.fail, "mine", to=client)
            gc.collect()
            assert left() is None
            await until(lambda: not client.futures)

    run(main())


# -- cancelling -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_cancelled_call_is_abandoned_or_never_begins(run: Run, address: str, kind: str, tmp_path: Path) -> None:
    async def main() -> None:
        async with connected(kind, address) as client:
            notes, go = [tmp_path / str(number) for number in range(4)], tmp_path / "go"
            tasks = [asyncio.create_task(whorl.offload(calls.note_and_wait, note, go, to=client)) for note in notes]
            await until(lambda: sum(note.exists() for note in notes) == 2)
            for task in tasks:
                task.cancel()
            assert {type(end) for end in await asyncio.gather(*tasks, return_exceptions=True)} == {whorl.Cancelled}
            while await _known_calls(client) > 2:  # noqa: ASYNC110  # the two that run
                await asyncio.sleep(0.005)
            go.touch()
            await asyncio.gather(*(whorl.offload(abs, -number, to=client) for number in range(4)))  # behind them
            assert sum(note.exists() for note in notes) == 2
            await until(lambda: not client.futures)

    run(main())


async def _known_calls(client: Any) -> int:
    """How many calls the scheduler knows, and then how many the workers do."""
    known = 0
    for counts in (client.run_on_scheduler(calls.calls_in_scheduler), client.run(calls.calls_in_worker)):
        answer = await counts if inspect.isawaitable(counts) else counts
        known += sum(answer.values()) if isinstance(answer, dict) else answer
    return known


def test_a_timeout_around_a_call(run: Run, address: str) -> None:
    async def main() -> None:
        async with connected("asynchronous", address) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await whorl.offload(time.sleep, 0.5, to=client)

    run(main())


# -- who is lost ----------------------------------------------------------------------------------------------------


def test_a_call_whose_worker_dies_is_repeated(run: Run, address: str, tmp_path: Path) -> None:
    async def main() -> None:
        async with connected("synchronous", address) as client:
            assert await whorl.offload(calls.die_once, tmp_path / "note", to=client) == "the second time"

    run(main())


def test_a_call_that_kills_its_workers_is_given_up(run: Run, address: str) -> None:
    async def main() -> None:
        async with connected("asynchronous", address) as client:
            with pytest.raises(whorl.WorkerLost, match=r"offload\.calls\.die was lost in the cluster.*workers died"):
                await whorl.offload(calls.die, to=client)
            assert await whorl.offload(len, "xy", to=client) == 2

    run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_worker_it_does_not_wait_forever(
    lonely: tuple[Any, str], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with connected(kind, lonely[1]) as client:
            with pytest.raises(whorl.WorkerLost, match=r"builtins\.len was not finished: the cluster had no worker"):
                await whorl.offload(len, "xy", to=client)

    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    whorl.run(main())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_without_a_scheduler_it_does_not_wait_forever(
    lonely: tuple[subprocess.Popen[bytes], str], kind: str, how: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with connected(kind, lonely[1]) as client:
            task = asyncio.create_task(whorl.offload(len, "xy", to=client))
            await until(lambda: client.futures)
            lonely[0].send_signal(how)
            with pytest.raises(whorl.WorkerLost, match=r"builtins\.len was (lost|not finished)"):
                await task
            lonely[0].send_signal(signal.SIGCONT)

    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    asyncio.run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_that_is_closed_says_so(run: Run, address: str, kind: str) -> None:
    async def main() -> None:
        async with connected(kind, address) as client:
            task = asyncio.create_task(whorl.offload(time.sleep, 0.5, to=client))
            await until(lambda: client.futures)
            closing = client.close()
            if closing is not None:
                await closing
            with pytest.raises(whorl.WorkerLost, match=r"time\.sleep was lost"):
                await task
            with pytest.raises(RuntimeError, match="the dask client is closed, and takes no calls; connect it, or"):
                await whorl.offload(len, "xy", to=client)

    run(main())
