"""asyncio's debug mode: what took long, where it came from, and what was forgotten."""

import asyncio
import gc
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from .support import Recorder, connect_pair, soon_or_never, turn, turn_until

SLOW = 0.02


@pytest.fixture
def debugged(loop: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture) -> asyncio.AbstractEventLoop:
    loop.set_debug(True)
    loop.slow_callback_duration = SLOW
    caplog.set_level(logging.WARNING, "asyncio")
    return loop


def be_slow() -> None:
    time.sleep(2 * SLOW)


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.getMessage().startswith("Executing")]


def test_a_slow_callback_is_named(debugged: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture) -> None:
    debugged.call_soon(be_slow)
    turn(debugged)
    (complaint,) = complaints(caplog)
    assert "be_slow()" in complaint
    assert f"{__file__}:" in complaint
    assert " took 0.0" in complaint


def test_a_slow_step_of_a_task_is_named(debugged: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        be_slow()
        await asyncio.sleep(0)

    soon_or_never(debugged, debugged.create_task(work(), name="sloth"))
    (complaint,) = complaints(caplog)
    assert "name='sloth'" in complaint
    assert "work()" in complaint


def test_a_slow_timer_is_named(debugged: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture) -> None:
    debugged.call_later(0.001, be_slow)
    turn_until(debugged, lambda: complaints(caplog))
    assert "TimerHandle" in complaints(caplog)[0]
    assert "be_slow()" in complaints(caplog)[0]


@pytest.mark.parametrize("afterwards", ["stay", "abort"])
def test_a_slow_data_received_is_named_by_its_transport(
    debugged: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture, afterwards: str
) -> None:
    class Slow(Recorder):
        def data_received(self, data: bytes) -> None:
            be_slow()
            if afterwards == "abort":
                self.transport.abort()

    transport, peer = soon_or_never(debugged, connect_pair(Slow()))
    with peer:
        peer.send(b"x")
        # On a loaded machine anything may be slow; the transport has to be among it, once.
        turn_until(debugged, lambda: [complaint for complaint in complaints(caplog) if "Transport" in complaint])
        transport.abort()
        turn(debugged)
    assert len([complaint for complaint in complaints(caplog) if "Transport" in complaint]) == 1


def test_what_is_not_slow_is_not_named(debugged: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture) -> None:
    debugged.slow_callback_duration = 5
    debugged.call_soon(be_slow)
    turn(debugged)
    assert complaints(caplog) == []


def fail() -> None:
    raise ZeroDivisionError("on purpose")


@pytest.mark.parametrize("way", ["call_soon", "call_soon_threadsafe", "call_later", "call_at"])
def test_a_report_says_where_the_callback_was_scheduled(
    debugged: asyncio.AbstractEventLoop, reports: list[dict[str, Any]], way: str
) -> None:
    schedule: Callable[..., Any] = getattr(debugged, way)
    handle = schedule(fail) if way.startswith("call_soon") else schedule(0, fail)
    turn_until(debugged, lambda: reports)
    (report,) = reports
    reports.clear()
    assert isinstance(report["exception"], ZeroDivisionError)
    assert report["handle"] is handle
    last = report["source_traceback"][-1]
    assert (last.filename, last.name) == (__file__, test_a_report_says_where_the_callback_was_scheduled.__name__)
    assert f"created at {__file__}:{last.lineno}" in repr(handle)


def test_without_debug_mode_no_traceback_is_taken(
    loop: asyncio.AbstractEventLoop, reports: list[dict[str, Any]]
) -> None:
    loop.call_soon(fail)
    turn(loop)
    (report,) = reports
    reports.clear()
    assert "source_traceback" not in report


def test_a_coroutine_that_nobody_awaited_is_reported_with_its_origin(debugged: asyncio.AbstractEventLoop) -> None:
    async def forgotten() -> None:
        pass

    def forget() -> None:
        _ = forgotten()
        del _
        gc.collect()

    debugged.call_soon(forget)
    with pytest.warns(RuntimeWarning, match=r"(?s)'.*forgotten' was never awaited.*Coroutine created at"):
        turn(debugged)


@pytest.mark.parametrize("debug", [False, True])
def test_an_exception_that_nobody_retrieved_is_reported(
    loop: asyncio.AbstractEventLoop, reports: list[dict[str, Any]], debug: bool
) -> None:
    loop.set_debug(debug)

    async def work() -> None:
        fail()

    def begin() -> None:
        tasks.append(loop.create_task(work()))

    tasks: list[asyncio.Task[None]] = []
    loop.call_soon(begin)
    turn_until(loop, lambda: tasks and tasks[0].done())
    tasks.clear()
    future = loop.create_future()
    future.set_exception(ZeroDivisionError())
    del future
    gc.collect()
    found = [(report["message"], "source_traceback" in report) for report in reports]
    reports.clear()
    assert found == [("Task exception was never retrieved", debug), ("Future exception was never retrieved", debug)]


def test_a_task_that_was_forgotten_while_it_waits_is_reported(
    debugged: asyncio.AbstractEventLoop, reports: list[dict[str, Any]]
) -> None:
    async def wait() -> None:
        await debugged.create_future()

    task = debugged.create_task(wait(), name="lost")
    turn(debugged)
    turn(debugged)
    del task
    gc.collect()
    (report,) = reports
    reports.clear()
    assert report["message"] == "Task was destroyed but it is pending!"
    assert report["source_traceback"][-1].filename == __file__


@pytest.mark.parametrize("way", ["call_soon", "call_later", "call_at"])
def test_another_thread_may_only_use_what_is_safe_for_threads(debugged: asyncio.AbstractEventLoop, way: str) -> None:
    errors: list[BaseException] = []
    ran: list[str] = []

    def misuse() -> None:
        schedule: Callable[..., Any] = getattr(debugged, way)
        try:
            schedule(ran.append, "unsafe") if way == "call_soon" else schedule(0, ran.append, "unsafe")
        except RuntimeError as error:
            errors.append(error)
        debugged.call_soon_threadsafe(ran.append, "safe")
        debugged.call_soon_threadsafe(debugged.stop)

    thread = threading.Thread(target=misuse)
    debugged.call_soon(thread.start)
    debugged.run_forever()
    thread.join()
    assert [str(error).split(" on ")[0] for error in errors] == ["Non-thread-safe operation invoked"]
    assert ran == ["safe"]


@pytest.mark.parametrize("way", ["call_soon", "call_soon_threadsafe"])
def test_what_cannot_be_called_back_is_refused(debugged: asyncio.AbstractEventLoop, way: str) -> None:
    async def coroutine() -> None:
        pass

    schedule: Callable[..., Any] = getattr(debugged, way)
    with pytest.raises(TypeError, match="coroutines cannot be used"):
        schedule(coroutine)
    with pytest.raises(TypeError, match="callable"):
        schedule("text")
