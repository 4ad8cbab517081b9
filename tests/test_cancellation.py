"""Checkpoints and sleeps: in a thread, in a task, and where nothing can be cancelled."""

import asyncio
import contextvars
import math
import threading

import pytest

import whorl
from whorl.bell import Bell
from whorl.cancellation import Cancellation, cancellable, current, wait_until


def test_without_a_job_a_checkpoint_does_nothing_and_a_sleep_sleeps() -> None:
    assert current() is None
    whorl.checkpoint()
    whorl.sleep(0)
    whorl.sleep(-1)
    whorl.sleep(0.001)
    with pytest.raises(ValueError, match="NaN"):
        whorl.sleep(math.nan)


def test_what_a_thread_gets_may_be_awaited_too() -> None:
    """A helper that both worlds share may keep what it got."""
    slept = whorl.sleep(0)

    async def main() -> None:
        await slept

    whorl.run(main())


def test_in_a_coroutine_both_are_awaited() -> None:
    async def main() -> list[str]:
        turns: list[str] = []

        async def other() -> None:
            turns.append("other")

        task = asyncio.create_task(other())
        await whorl.checkpoint()
        turns.append("here")
        await whorl.sleep(0.001)
        await task
        return turns

    assert whorl.run(main()) == ["other", "here"]


def test_a_forgotten_await_is_noticed() -> None:
    async def main() -> None:
        whorl.sleep(1)

    with pytest.warns(RuntimeWarning, match="never awaited"):
        whorl.run(main())


def test_a_request_is_delivered_once() -> None:
    cancellation = Cancellation()
    with cancellable(cancellation):
        whorl.checkpoint()
        cancellation.request("first")
        cancellation.request("second")
        assert cancellation.pending
        with pytest.raises(whorl.Cancelled) as caught:
            whorl.checkpoint()
        assert caught.value.args == ("second",)
        assert cancellation.delivered
        whorl.checkpoint()
    assert current() is None


def test_an_outer_request_is_heard_inside() -> None:
    outer = Cancellation()
    inner = Cancellation(outer)
    with cancellable(inner):
        threading.Timer(0.01, outer.request).start()
        with pytest.raises(whorl.Cancelled):
            whorl.sleep(60)
    assert outer.delivered
    assert not inner.delivered


def test_a_context_that_travels_to_another_thread_takes_no_cancellation_along() -> None:
    found = []
    with cancellable(Cancellation()):
        context = contextvars.copy_context()
        assert context.run(current) is not None
        thread = threading.Thread(target=lambda: found.append(context.run(current)))
        thread.start()
        thread.join()
    assert found == [None]


def test_waiting_ends_with_the_bell_or_the_time() -> None:
    bell = Bell()
    assert wait_until(lambda: True, bell)
    assert not wait_until(lambda: False, bell, 0.001)
    done = threading.Event()

    def finish() -> None:
        done.set()
        bell.set()

    threading.Timer(0.01, finish).start()
    assert wait_until(done.is_set, bell)


def test_cancelled_is_asyncios_own() -> None:
    assert whorl.Cancelled is asyncio.CancelledError
    assert not issubclass(whorl.Cancelled, Exception)
