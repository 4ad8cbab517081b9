"""The loop under test, which must have reported nothing in the end."""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

import pytest

import whorl

Run: TypeAlias = Callable[[Coroutine[Any, Any, Any]], Any]

# Seconds after which something that should have come about will not come about any more.
PATIENCE = 30.0


@pytest.fixture(params=[asyncio.new_event_loop, whorl.new_event_loop], ids=["asyncio", "whorl"])
def run(request: pytest.FixtureRequest) -> Run:
    """What runs a coroutine to its end, on either loop."""

    async def at_most(coroutine: Coroutine[Any, Any, Any]) -> Any:
        async with asyncio.timeout(PATIENCE):
            return await coroutine

    def run_it(coroutine: Coroutine[Any, Any, Any]) -> Any:
        reports: list[dict[str, Any]] = []
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.get_loop().set_exception_handler(lambda _loop, context: reports.append(context))
            result = runner.run(at_most(coroutine))
            gc.collect()
        assert reports == []
        return result

    return run_it
