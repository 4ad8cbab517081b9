"""Cancels an operation at its k-th suspension, for every k in turn, and lists the faults that follow.

``interrupt(stage_of, scene, moment)`` is the whole interface. A *scene* puts up what the operation needs and
returns the operation, a coroutine not yet started. One attempt runs it in a task and cancels it once; then the
user closes what is the user's, peers go on sending, the loop goes on turning, and whatever number became free is
taken by a canary at once. Attempts go on with the next suspension until the operation is done before it can be
cancelled.

The faults: a descriptor that stays open, or that only the garbage collector closes; a foreign descriptor closed,
read, written, shut down or watched; a child that is not reaped; a task left behind; a cancellation that is
swallowed or turned into another exception; an operation that hangs; any complaint of the loop's or of Python's.
"""

import asyncio
import contextlib
import enum
import errno
import gc
import os
import signal
import time
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .canary import Flock
from .complaints import Complaints
from .descriptors import ground_floor
from .probe import Probe
from .stage import Stage

Operation = Coroutine[Any, Any, object]
Play = Callable[[Stage], Awaitable[Operation]]


class Moment(enum.Enum):
    """When the cancellation comes, counted from the k-th suspension or in turns of the loop."""

    AT_ONCE = "as soon as it waits"
    A_TURN_LATER = "one turn after it began to wait"
    ON_WAKE = "after the wake-up, before the step"
    TWICE = "as soon as it waits, and again while it cleans up"
    SNATCHED = "as soon as it waits, while its user closes what is the user's"
    IN_TURN = "in a turn of the loop"
    EVERYBODY = "in a turn of the loop, with every other task"


@dataclass(frozen=True)
class Scene:
    """A play with a name. An endless one waits for what never comes: its last suspension is its end."""

    name: str
    play: Play
    endless: bool = False
    tolerated: str | None = None  # a complaint that belongs to the scene


class Program(list[Scene]):
    """The scenes of one module, in order; its methods are decorators for plays."""

    def scene(self, play: Play) -> Play:
        self.append(Scene(play.__name__, play))
        return play

    def endless(self, play: Play) -> Play:
        self.append(Scene(play.__name__, play, endless=True))
        return play

    def tolerating(self, complaint: str) -> Callable[[Play], Play]:
        """Return a decorator for a play that may lead to complaints with this text."""

        def scene(play: Play) -> Play:
            self.append(Scene(play.__name__, play, tolerated=complaint))
            return play

        return scene


@dataclass
class Attempt:
    """One run of a scene with one cancellation, and what was wrong with it."""

    scene: Scene
    moment: Moment
    count: int
    hit: bool = False
    hung: bool = False
    place: str = ""
    faults: list[str] = field(default_factory=list)

    def report(self) -> list[str]:
        head = f"{self.scene.name}, cancelled {self.moment.value}, {self.count} ({self.place}): "
        return [head + fault for fault in self.faults]


# More suspensions than any operation has: past it, something goes round in circles.
MOST_SUSPENSIONS = 100
# A loop that never blocks turns thousands of times while a thread works: only the first turns differ.
MOST_TURNS = 24
# Turns that a loop gets to finish closing before its accounts are looked at.
CLOSING_TURNS = 12
# Seconds for which a loop is watched after that, for whatever it does late.
LINGER = 0.004
# Ticks after which an endless scene is taken to be at its last suspension.
ENDLESS_TICKS = 40
# Seconds; reached only when something is wrong.
PATIENCE = 5.0
CLOSING_PATIENCE = 1.5


def interrupt(stage_of: Callable[[], Stage], scene: Scene, moment: Moment) -> list[str]:
    """Run a scene as often as it has suspensions, cancelling it at another one each time."""
    faults: list[str] = []
    with warnings.catch_warnings(action="ignore"):
        gc.collect()  # what an earlier test has left is no fault of this one
    undisturbed = _attempt(stage_of(), Attempt(scene, moment, 0))  # opens what the loop opens only once
    faults += undisturbed.report()
    most = MOST_TURNS if moment in (Moment.IN_TURN, Moment.EVERYBODY) else MOST_SUSPENSIONS
    for count in range(1, most + 1):
        attempt = _attempt(stage_of(), Attempt(scene, moment, count))
        faults += attempt.report()
        if attempt.hung or not attempt.hit:
            return faults
    if most == MOST_SUSPENSIONS:
        faults.append(f"{scene.name} does not come to an end after {most} suspensions")
    return faults


def _attempt(stage: Stage, attempt: Attempt) -> Attempt:
    run = _Run(stage, attempt)
    with Complaints(stage.loop) as complaints:
        try:
            stage.loop.run_until_complete(run.play())
        finally:
            run.flock.release()
            gc.collect()
        tolerated = attempt.scene.tolerated
        attempt.faults += [said for said in complaints.heard() if tolerated is None or tolerated not in said]
    return attempt


class _Run:
    def __init__(self, stage: Stage, attempt: Attempt) -> None:
        self.stage = stage
        self.attempt = attempt
        self.before = ground_floor()
        self.flock = Flock(self.before)
        self.again = False

    async def play(self) -> None:
        """Put up, run, cancel, close, look at the accounts, strike."""
        try:
            operation = await self.attempt.scene.play(self.stage)
            self.flock.settle()
            await self._perform(operation)
            del operation
            await self._close()
            self.attempt.faults += await self._leftovers()
            gc.collect()
            await self._turns(3)
            self.attempt.faults += self.flock.faults()
        finally:
            self.stage.strike()
        await self._turns(3)

    # -- the operation ---

    async def _perform(self, operation: Operation) -> None:
        probe = Probe(operation, self.flock.settle, self._waits)
        task = self.stage.loop.create_task(probe)
        deadline = time.monotonic() + PATIENCE
        turn = 0
        while not task.done():
            turn += 1
            await self._turn(turn)  # the first turn begins the operation
            if task.done():
                break
            if turn == self.attempt.count and self.attempt.moment in (Moment.IN_TURN, Moment.EVERYBODY):
                self._cancel_in_turn(task, probe)
            if turn > ENDLESS_TICKS and self.attempt.scene.endless and not self.attempt.hit:
                task.cancel()
            if time.monotonic() > deadline:
                self.attempt.hung = True
                self.attempt.faults.append(f"still waiting after {PATIENCE} s at {probe.where()}")
                task.cancel()
                await asyncio.wait({task}, timeout=PATIENCE)
                return
        self._judge(task)

    def _waits(self, probe: Probe, waited_for: object) -> None:
        attempt, loop = self.attempt, self.stage.loop
        task = asyncio.current_task(loop)
        assert task is not None
        if self.again:
            self.again = False
            task.cancel()
        if probe.suspensions != attempt.count or attempt.moment in (Moment.IN_TURN, Moment.EVERYBODY):
            return
        attempt.place = probe.where()

        def cancel(_: object = None) -> None:
            attempt.hit = not task.done() and not task.cancelling()
            task.cancel()

        if attempt.moment is Moment.ON_WAKE and isinstance(waited_for, asyncio.Future):
            waited_for.add_done_callback(cancel)
        elif attempt.moment in (Moment.A_TURN_LATER, Moment.ON_WAKE):
            loop.call_soon(cancel)
        else:
            self.again = attempt.moment is Moment.TWICE
            cancel()
            if attempt.moment is Moment.SNATCHED:
                self.stage.take_back()
                self.flock.settle()

    def _cancel_in_turn(self, task: asyncio.Task[object], probe: Probe) -> None:
        self.attempt.place = probe.where()
        self.attempt.hit = True
        if self.attempt.moment is Moment.IN_TURN:
            task.cancel()
            return
        myself = asyncio.current_task()
        for other in asyncio.all_tasks():
            if other is not myself:
                other.cancel()

    def _judge(self, task: asyncio.Task[object]) -> None:
        attempt = self.attempt
        if task.cancelled():
            if not attempt.hit and not attempt.scene.endless:
                attempt.faults.append("cancelled although nobody asked for it")
        elif (error := task.exception()) and attempt.moment is Moment.SNATCHED and says_closed(error):
            pass  # true, and the user knows
        elif error:
            what = f"{type(error).__name__}: {error}"
            attempt.faults.append(f"raised instead of being cancelled: {what}" if attempt.hit else f"raised {what}")
        else:
            if attempt.hit:
                attempt.faults.append("the cancellation was swallowed")
            dispose(task.result())

    # -- the accounts ---

    async def _close(self) -> None:
        for turn in range(CLOSING_TURNS):
            if turn == CLOSING_TURNS // 3:
                self.stage.stir()
            await self._turn(turn)
        deadline = time.monotonic() + LINGER
        while time.monotonic() < deadline:
            await self._turn(CLOSING_TURNS)
            await asyncio.sleep(0.001)  # be idle: a busy loop may put off asking the kernel
        deadline = time.monotonic() + CLOSING_PATIENCE
        while (self._extra() or has_children()) and time.monotonic() < deadline:
            await self._turn(CLOSING_TURNS)
            await asyncio.sleep(0.002)

    def _extra(self) -> dict[int, str]:
        """Return what is open now, was not before, and is no canary."""
        return {
            number: name
            for number, name in ground_floor().items()
            if number not in self.flock.numbers and self.before.get(number) != name
        }

    async def _leftovers(self) -> list[str]:
        now = ground_floor()
        gone = [number for number, name in self.before.items() if now.get(number) != name]
        faults = [f"foreign close: descriptor {number} was open before" for number in gone]
        if has_children():
            faults.append("a child process was not reaped")
            end_children()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        faults += [f"a task was left behind: {task!r}" for task in tasks]
        extra = self._extra()
        if extra:
            await asyncio.sleep(0.02)  # a thread that looks up a name opens files for a moment
            extra = dict(extra.items() & self._extra().items())
            gc.collect()
            still = self._extra()
            faults += [f"leaked descriptor {number}, {name}" for number, name in still.items()]
            collected = set(extra) - set(still)
            faults += [f"left to the garbage collector: {number}, {extra[number]}" for number in collected]
        return faults

    async def _turn(self, turn: int) -> None:
        self.stage.tick()
        self.flock.settle()
        await asyncio.sleep(0 if turn < 2 * MOST_TURNS else 0.001)

    async def _turns(self, turns: int) -> None:
        for turn in range(turns):
            await self._turn(turn)


def has_children() -> bool:
    """Tell whether the process has a child, running or not yet reaped; reaps none."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def end_children() -> None:
    """End all children, so that a fault of one attempt is not found again in the next."""
    for tasks in Path("/proc/self/task").glob("*/children"):
        for pid in map(int, tasks.read_text().split()):
            os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def says_closed(error: BaseException) -> bool:
    """Tell whether an error says that something was closed."""
    if isinstance(error, OSError):
        return error.errno == errno.EBADF
    return isinstance(error, ValueError) and "closed" in str(error)


def dispose(result: object) -> None:
    """Close what an operation that succeeded has handed over, as its user would."""
    if isinstance(result, tuple):
        for item in result:
            dispose(item)
    elif isinstance(result, asyncio.WriteTransport):
        result.abort()
    elif isinstance(result, asyncio.StreamWriter):
        result.transport.abort()
    elif hasattr(result, "close"):
        result.close()
