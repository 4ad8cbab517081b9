"""Being told to stop has the same outcome in a thread as in a task."""

import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import whorl


def tidies_up(log: list[str]) -> None:
    try:
        whorl.sleep(60)
    finally:
        log.append("tidied up")


def catches(log: list[str]) -> str:
    try:
        whorl.sleep(60)
    except whorl.Cancelled:
        log.append("caught")
    return "refused"


def refuses_once(log: list[str]) -> None:
    try:
        whorl.sleep(60)
    except whorl.Cancelled:
        log.append("once")
    whorl.sleep(60)


def fails(log: list[str]) -> None:
    try:
        whorl.sleep(60)
    except whorl.Cancelled as cancelled:
        raise ValueError("while stopping") from cancelled


def returns_without_a_look(log: list[str]) -> str:
    while "go" not in log:
        time.sleep(0.001)
    return "never looked"


async def async_tidies_up(log: list[str]) -> None:
    try:
        await whorl.sleep(60)
    finally:
        log.append("tidied up")


async def async_catches(log: list[str]) -> str:
    try:
        await whorl.sleep(60)
    except whorl.Cancelled:
        log.append("caught")
    return "refused"


async def async_refuses_once(log: list[str]) -> None:
    try:
        await whorl.sleep(60)
    except whorl.Cancelled:
        log.append("once")
    await whorl.sleep(60)


async def async_fails(log: list[str]) -> None:
    try:
        await whorl.sleep(60)
    except whorl.Cancelled as cancelled:
        raise ValueError("while stopping") from cancelled


def in_threads(function: Callable[[list[str]], Any], cancels: int) -> tuple[str, list[str]]:
    log: list[str] = []
    try:
        with whorl.Supervisor() as crew:
            job = crew.start(function, log)
            for number in range(cancels):
                while len(log) < number:
                    time.sleep(0.001)
                job.cancel()
            log.append("go")
    except* ValueError:
        pass
    log.remove("go")
    return job.state, log


def in_tasks(function: Callable[[list[str]], Awaitable[Any]], cancels: int) -> tuple[str, list[str]]:
    log: list[str] = []

    async def main() -> str:
        try:
            async with whorl.Supervisor() as crew:
                job = crew.start(function, log)
                await whorl.checkpoint()
                for number in range(cancels):
                    while len(log) < number:
                        await whorl.checkpoint()
                    job.cancel()
        except* ValueError:
            pass
        return job.state

    state = whorl.run(main())
    return state, log


@pytest.mark.parametrize(
    ("thread", "task", "cancels", "state", "log"),
    [
        (tidies_up, async_tidies_up, 1, "cancelled", ["tidied up"]),
        (catches, async_catches, 1, "done", ["caught"]),
        (refuses_once, async_refuses_once, 2, "cancelled", ["once"]),
        (fails, async_fails, 1, "failed", []),
    ],
)
def test_the_same_outcome(thread: Any, task: Any, cancels: int, state: str, log: list[str]) -> None:
    assert in_threads(thread, cancels) == (state, log)
    assert in_tasks(task, cancels) == (state, log)


def test_a_job_that_never_looked_is_cancelled_as_a_task_would_be() -> None:
    assert in_threads(returns_without_a_look, 1) == ("cancelled", [])


def test_the_message_arrives() -> None:
    messages = []

    def work() -> None:
        try:
            whorl.sleep(60)
        except whorl.Cancelled as cancelled:
            messages.append(cancelled.args)

    with whorl.Supervisor() as crew:
        crew.start(work).cancel("enough")
    assert messages == [("enough",)]


def test_a_sleep_ends_at_once() -> None:
    slept = threading.Event()

    def work() -> None:
        slept.set()
        whorl.sleep(3600)

    with whorl.Supervisor() as crew:
        job = crew.start(work)
        slept.wait()
        job.cancel()  # the test's own timeout would notice an hour


def test_waiting_for_another_job_ends_at_once() -> None:
    there = threading.Event()

    def wait_for(job: Any) -> None:
        there.set()
        job.result()

    with whorl.Supervisor() as crew:
        sleeper = crew.start(whorl.sleep, 3600)
        waiter = crew.start(wait_for, sleeper)
        there.wait()
        waiter.cancel()
        with pytest.raises(whorl.Cancelled):
            waiter.result()
        assert sleeper.state == "running"
        sleeper.cancel()


def test_an_exception_handler_lets_it_pass() -> None:
    def work() -> None:
        try:
            whorl.sleep(60)
        except Exception:  # what careless code writes
            pass

    with whorl.Supervisor() as crew:
        job = crew.start(work)
        job.cancel()
    assert job.cancelled()


def test_a_job_that_raises_it_by_itself_is_cancelled() -> None:
    def work() -> None:
        raise whorl.Cancelled

    with whorl.Supervisor() as crew:
        job = crew.start(work)
    assert job.cancelled()
