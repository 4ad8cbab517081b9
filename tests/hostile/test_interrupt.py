"""The harness finds each fault it is there for: deliberately broken operations, and a sound one."""

import asyncio
import contextlib
import os
import socket
import subprocess
from collections.abc import Callable

import pytest

from .canary import Flock
from .descriptors import ground_floor, inode
from .interrupt import Moment, Operation, Play, Program, Scene, interrupt
from .peers import Wire
from .stage import Stage

StageOf = Callable[[], Stage]

sound = Program()


@sound.scene
async def nothing(stage: Stage) -> Operation:
    return asyncio.sleep(0)


@sound.scene
async def three_waits(stage: Stage) -> Operation:
    async def wait() -> None:
        sock = socket.socket()
        try:
            for _ in range(3):
                await asyncio.sleep(0.001)
        finally:
            sock.close()

    return wait()


@pytest.mark.parametrize("moment", Moment, ids=lambda moment: moment.name.lower())
@pytest.mark.parametrize("scene", sound, ids=lambda scene: scene.name)
def test_a_sound_operation_has_no_fault(scene: Scene, moment: Moment, stage_of: StageOf) -> None:
    assert interrupt(stage_of, scene, moment) == []


def test_every_suspension_is_hit(stage_of: StageOf) -> None:
    cancelled_at = []

    async def play(stage: Stage) -> Operation:
        async def operation() -> None:
            for step in range(5):
                try:
                    await asyncio.sleep(0)
                except asyncio.CancelledError:
                    cancelled_at.append(step)
                    raise

        return operation()

    assert interrupt(stage_of, Scene("steps", play), Moment.AT_ONCE) == []
    assert cancelled_at == [0, 1, 2, 3, 4]


def test_cancelled_after_the_wake_up_means_the_future_is_done(stage_of: StageOf) -> None:
    done = []

    async def play(stage: Stage) -> Operation:
        future = stage.loop.create_future()
        stage.cue(3, lambda: None if future.done() else future.set_result("woken"))

        async def operation() -> None:
            try:
                await future
            except asyncio.CancelledError:
                done.append(future.result())
                raise

        return operation()

    assert interrupt(stage_of, Scene("future", play), Moment.ON_WAKE) == []
    assert done == ["woken"]


def test_cancelled_twice_means_the_cleaning_up_is_cancelled(stage_of: StageOf) -> None:
    events = []

    async def play(stage: Stage) -> Operation:
        async def operation() -> None:
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                events.append("first")
                try:
                    await asyncio.sleep(0.001)
                except asyncio.CancelledError:
                    events.append("second")
                raise

        return operation()

    assert interrupt(stage_of, Scene("twice", play), Moment.TWICE) == []
    assert events == ["first", "second"]


# -- broken operations: each waits once, and does something wrong when it is cancelled ---

Harm = Callable[[Stage, Wire, int], object]


def _broken(harm: Harm) -> Play:
    """Return a play whose operation closes its descriptor properly, and then harms whoever has the number."""

    async def play(stage: Stage) -> Operation:
        sock, wire = stage.pair()

        async def operation() -> None:
            number = sock.fileno()
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                sock.close()
                stage.cue(2, lambda: harm(stage, wire, number))
                raise
            sock.close()

        return operation()

    return play


def _late_close(stage: Stage, wire: Wire, number: int) -> None:
    with contextlib.suppress(OSError):
        os.close(number)


def _late_registration(stage: Stage, wire: Wire, number: int) -> None:
    stage.loop.add_reader(number, lambda: None)


def _late_shutdown(stage: Stage, wire: Wire, number: int) -> None:
    sock = socket.socket(fileno=number)
    sock.shutdown(socket.SHUT_WR)
    sock.detach()


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (_late_close, "foreign close"),
        (lambda stage, wire, number: os.read(number, 3), "foreign read"),
        (lambda stage, wire, number: os.write(number, b"oops"), "foreign write of b'oops'"),
        (_late_shutdown, "foreign shutdown"),
        (_late_registration, "foreign registration"),
    ],
    ids=["close", "read", "write", "shutdown", "registration"],
)
def test_harm_to_a_recycled_number_is_found(harm: Harm, fault: str, stage_of: StageOf) -> None:
    faults = interrupt(stage_of, Scene("broken", _broken(harm)), Moment.AT_ONCE)
    assert len(faults) == 1, faults
    assert fault in faults[0]


_kept: list[socket.socket] = []


async def leak(stage: Stage) -> Operation:
    async def operation() -> None:
        _kept.append(socket.socket())
        await asyncio.sleep(0)
        _kept.pop().close()

    return operation()


async def leave_to_the_collector(stage: Stage) -> Operation:
    async def operation() -> None:
        sock = socket.socket()
        knot: list[object] = [sock]
        knot.append(knot)
        await asyncio.sleep(0)
        sock.close()

    return operation()


async def drop_unclosed(stage: Stage) -> Operation:
    async def operation() -> None:
        sock = socket.socket()
        await asyncio.sleep(0)
        sock.close()

    return operation()


async def forget_to_await(stage: Stage) -> Operation:
    async def operation() -> None:
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            asyncio.sleep(1)  # type: ignore[unused-coroutine]
            raise

    return operation()


async def leave_a_task(stage: Stage) -> Operation:
    future = stage.loop.create_future()

    async def wait() -> None:
        await future

    async def operation() -> None:
        task = asyncio.ensure_future(wait())
        stage.finally_(task.cancel)
        await asyncio.sleep(0)
        task.cancel()

    return operation()


async def leave_a_child(stage: Stage) -> Operation:
    async def operation() -> None:
        child = subprocess.Popen(["sleep", "60"])  # noqa: ASYNC220
        stage.finally_(child.wait)
        stage.finally_(child.kill)
        await asyncio.sleep(0)
        child.kill()
        child.wait()

    return operation()


async def swallow(stage: Stage) -> Operation:
    async def operation() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0)

    return operation()


async def disguise(stage: Stage) -> Operation:
    async def operation() -> None:
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError as error:
            raise OSError("cancelled") from error

    return operation()


async def complain(stage: Stage) -> Operation:
    async def operation() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            stage.loop.call_soon(lambda: 1 / 0)

    return operation()


def test_closing_what_was_open_before_is_found(stage_of: StageOf) -> None:
    bystander = socket.socket()

    async def play(stage: Stage) -> Operation:
        async def operation() -> None:
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                os.close(bystander.fileno())
                raise

        return operation()

    faults = interrupt(stage_of, Scene("broken", play), Moment.AT_ONCE)
    number = bystander.detach()
    assert f"foreign close: descriptor {number} was open before" in faults[0]


@pytest.mark.parametrize(
    ("play", "fault"),
    [
        (leak, "leaked descriptor"),
        (leave_to_the_collector, "left to the garbage collector"),
        (drop_unclosed, "ResourceWarning: unclosed"),
        (forget_to_await, "RuntimeWarning: coroutine 'sleep' was never awaited"),
        (leave_a_task, "a task was left behind"),
        (leave_a_child, "not reaped"),
        (swallow, "swallowed"),
        (disguise, "raised instead of being cancelled: OSError"),
        (complain, "ZeroDivisionError"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
@pytest.mark.usefixtures("hasty")
def test_a_fault_is_found(play: Play, fault: str, stage_of: StageOf) -> None:
    try:
        faults = interrupt(stage_of, Scene("broken", play), Moment.AT_ONCE)
    finally:
        while _kept:
            _kept.pop().close()
    assert any(fault in one for one in faults), faults


@pytest.mark.usefixtures("hasty")
def test_an_operation_that_hangs_is_found(stage_of: StageOf) -> None:
    async def play(stage: Stage) -> Operation:
        async def operation() -> None:
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                await stage.loop.create_future()

        return operation()

    faults = interrupt(stage_of, Scene("hanging", play), Moment.AT_ONCE)
    assert "still waiting after 0.3 s" in faults[0]


def test_canaries_take_every_freed_number() -> None:
    before = ground_floor()
    socks = [socket.socket() for _ in range(5)]
    flock = Flock(before)
    flock.settle()
    freed = {sock.fileno() for sock in socks[1:4]}
    for sock in socks[1:4]:
        sock.close()
    flock.settle()
    assert freed <= flock.numbers
    assert all(inode(number) is not None for number in freed)
    assert flock.faults() == []
    flock.release()
    socks[0].close()
    socks[4].close()
    assert ground_floor() == before
