"""Loops with a known fault each, to show that the harness finds it. The fault is in when a timer is due."""

import asyncio
import os
from collections.abc import Callable
from contextvars import Context
from typing import TypeVarTuple

_Ts = TypeVarTuple("_Ts")


class Sound(asyncio.SelectorEventLoop):
    """No fault: only another class than asyncio's."""

    def due(self, when: float) -> float:
        return when

    def call_at(
        self, when: float, callback: Callable[[*_Ts], object], *args: *_Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return super().call_at(self.due(when), callback, *args, context=context)


class EarlyTimers(Sound):
    """A wrong answer: every timer is due at once."""

    def due(self, when: float) -> float:
        return self.time()


class LostTimers(Sound):
    """A hang: no timer ever comes."""

    def due(self, when: float) -> float:
        return when + 1_000_000


class FatalTimers(Sound):
    """A crash: a timer ends the process."""

    def due(self, when: float) -> float:
        os.abort()
