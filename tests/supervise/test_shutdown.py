"""Deadlines, grace, and the names of those who do not stop."""

import asyncio
import logging
import signal
import sys
import threading
import time

import pytest

import whorl
from child import running
from supervise.conftest import Run
from whorl.supervise import crew as crew_module


def test_a_deadline_stops_what_is_left() -> None:
    with pytest.raises(ExceptionGroup) as caught, whorl.Supervisor(deadline=0.02) as crew:
        quick = crew.start(pow, 2, 2)
        slow = crew.start(whorl.sleep, 60, name="slow one")
    (error,) = caught.value.exceptions
    assert isinstance(error, whorl.DeadlineExceeded)
    assert isinstance(error, TimeoutError)
    assert "'slow one'" in str(error)
    assert quick.result() == 4
    assert slow.cancelled()


def test_a_deadline_stops_the_blocks_own_code() -> None:
    with pytest.raises(ExceptionGroup), whorl.Supervisor(deadline=0.02):
        whorl.sleep(60)


def test_a_deadline_that_is_kept_is_none() -> None:
    with whorl.Supervisor(deadline=60) as crew:
        crew.start(pow, 2, 2)


def test_a_deadline_for_tasks(run: Run) -> None:
    async def main() -> None:
        with pytest.raises(ExceptionGroup) as caught:
            async with whorl.Supervisor(deadline=0.02) as crew:
                job = crew.start(asyncio.sleep, 60)
                await asyncio.sleep(60)
        assert [type(error) for error in caught.value.exceptions] == [whorl.DeadlineExceeded]
        assert job.cancelled()
        async with whorl.Supervisor(deadline=60) as crew:
            crew.start(asyncio.sleep, 0)

    run(main())


def test_who_does_not_stop_is_named_with_the_stack() -> None:
    go = threading.Event()

    def never_looks() -> None:
        go.wait()  # never looks

    try:
        with pytest.raises(ExceptionGroup) as caught, whorl.Supervisor(grace=0.02) as crew:
            job = crew.start(never_looks)
            raise LookupError
        running = [error for error in caught.value.exceptions if isinstance(error, whorl.StillRunning)]
        (error,) = running
        assert error.jobs == (job,)
        assert "1 job had not stopped 0.02 s after being told to" in str(error)
        assert "job 'never_looks', cancelling in a thread, is at" in str(error)
        assert "go.wait()  # never looks" in str(error)
        assert [type(other) for other in caught.value.exceptions if other is not error] == [LookupError]
        assert job.state == "cancelling"
    finally:
        go.set()
    while not job.done():
        time.sleep(0.001)
    assert job.cancelled()


def test_who_is_in_a_call_without_a_frame_is_named_too() -> None:
    with pytest.raises(ExceptionGroup) as caught, whorl.Supervisor(grace=0.02) as crew:
        crew.start(time.sleep, 0.5)
        raise LookupError
    (text,) = [str(error) for error in caught.value.exceptions if isinstance(error, whorl.StillRunning)]
    assert text.endswith("job 'sleep', cancelling in a thread, is in a call that has no Python frame of its own")


def test_a_task_that_refuses_is_named_with_the_stack(run: Run) -> None:
    async def main() -> None:
        go = asyncio.Event()

        async def inner() -> None:
            while not go.is_set():
                try:
                    await asyncio.sleep(60)  # refuses
                except asyncio.CancelledError:
                    pass

        async def refuses() -> None:
            await inner()

        with pytest.raises(ExceptionGroup) as caught:
            async with whorl.Supervisor(grace=0.02) as crew:
                job = crew.start(refuses)
                await asyncio.sleep(0)
                raise LookupError
        text = "".join(str(error) for error in caught.value.exceptions)
        assert "await inner()" in text
        assert "await asyncio.sleep(60)  # refuses" in text
        go.set()
        job.cancel()
        while not job.done():
            await asyncio.sleep(0)

    run(main())


def test_without_grace_a_warning_names_who_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(crew_module, "IMPATIENT", 0.02)

    def slow_to_stop() -> None:
        while not caplog.records:
            time.sleep(0.001)

    with caplog.at_level(logging.WARNING, "whorl.supervise"), pytest.raises(ExceptionGroup):
        with whorl.Supervisor() as crew:
            crew.start(slow_to_stop)
            raise LookupError
    (record,) = caplog.records
    assert "job 'slow_to_stop', cancelling in a thread, is at" in record.getMessage()


def test_without_grace_a_warning_names_the_task(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(crew_module, "IMPATIENT", 0.02)

    async def slow_to_stop() -> None:
        while not caplog.records:
            try:
                await asyncio.sleep(0.001)
            except asyncio.CancelledError:
                pass

    async def main() -> None:
        with pytest.raises(ExceptionGroup):
            async with whorl.Supervisor() as crew:
                crew.start(slow_to_stop)
                await asyncio.sleep(0)
                raise LookupError

    with caplog.at_level(logging.WARNING, "whorl.supervise"):
        run(main())
    assert "job 'slow_to_stop', cancelling in a task, is at" in caplog.records[0].getMessage()


CTRL_C = """
import whorl
def work():
    try:
        print("ready", flush=True)
        whorl.sleep(60)
    finally:
        print("tidied up", flush=True)
with whorl.Supervisor() as crew:
    crew.start(work)
"""


def test_ctrl_c_stops_the_jobs_and_comes_out() -> None:
    with running(sys.executable, "-c", CTRL_C) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    assert out == b"tidied up\n"
    assert b"KeyboardInterrupt" in err
    assert child.returncode == -signal.SIGINT


STUBBORN = """
import time, whorl
def work():
    print("ready", flush=True)
    while True:
        time.sleep(1)
with whorl.Supervisor() as crew:
    crew.start(work)
"""


def test_a_second_ctrl_c_ends_a_program_whose_job_never_looks() -> None:
    with running(sys.executable, "-c", STUBBORN) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        while child.poll() is None:
            child.send_signal(signal.SIGINT)
            time.sleep(0.2)
        _, err = child.communicate(timeout=60)
    assert b"job 'work', cancelling in a thread, is at" in err
    assert b"line 6, in work" in err
    assert b"KeyboardInterrupt" in err


DEAF = """
import asyncio, signal, sys, time, whorl
def deaf():
    print("ready", flush=True)
    try:
        whorl.sleep(3600)
    except whorl.Cancelled:
        print("told", flush=True)
        time.sleep(3600)
async def tidies_up():
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        try:
            await asyncio.sleep(3600)
        finally:
            print("tidied up", flush=True)
async def crew():
    async with whorl.Supervisor(grace=3600) as crew:
        crew.start(deaf)
        crew.start(tidies_up)
async def nested():
    async with whorl.Supervisor() as outer:
        outer.start(crew)
async def offload():
    await whorl.offload(deaf)
async def on_a_waking_loop(main):  # asyncio's hears a signal that comes right before it falls asleep when it wakes
    def wake():
        asyncio.get_running_loop().call_later(0.1, wake)
    wake()
    await main
"""


@pytest.mark.parametrize("runner", ["whorl.run", "asyncio.run"])
@pytest.mark.parametrize(
    ("main", "named"),
    [
        ("crew", b"1 job told to stop and still waited for:\n  job 'deaf', cancelling in a thread, is at"),
        ("nested", b"1 job told to stop and still waited for:\n  job 'deaf', cancelling in a thread, is at"),
        ("offload", b"__main__.deaf was told to stop and goes on"),
    ],
)
def test_a_second_ctrl_c_ends_the_wait_of_a_coroutine(runner: str, main: str, named: bytes) -> None:
    with running(sys.executable, "-c", f"{DEAF}{runner}(on_a_waking_loop({main}()))") as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(signal.SIGINT)
        assert child.stdout.readline() == b"told\n"
        time.sleep(0.2)  # who told it is to wait again
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    assert named in err
    assert out == (b"" if main == "offload" else b"tidied up\n")
    assert b"KeyboardInterrupt" in err
    assert child.returncode == -signal.SIGINT


def test_a_second_cancel_alone_does_not_end_the_wait(run: Run) -> None:
    go = threading.Event()

    async def block() -> None:
        async with whorl.Supervisor() as crew:
            crew.start(go.wait)

    async def main() -> None:
        task = asyncio.create_task(block())
        for _ in range(3):
            await asyncio.sleep(0.01)
            task.cancel()
        await asyncio.sleep(0.01)
        assert not task.done()
        go.set()
        await asyncio.wait([task])
        assert task.cancelled()

    run(main())
