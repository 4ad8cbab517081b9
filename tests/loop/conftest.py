"""The loop under test, and what it reports."""

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import pytest

from .support import new_loop, open_descriptors


@pytest.fixture
def reports() -> list[dict[str, Any]]:
    """What the loop's exception handler was told; a test that expects something clears it."""
    return []


@pytest.fixture
def loop(reports: list[dict[str, Any]]) -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that is closed in the end, must have reported nothing, and must leave no descriptor behind."""
    before = open_descriptors()
    loop = new_loop()
    loop.set_exception_handler(lambda _loop, context: reports.append(context))
    yield loop
    loop.run_until_complete(_wind_up(loop))
    loop.close()
    gc.collect()
    assert reports == []
    assert open_descriptors() == before


async def _wind_up(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)
    await loop.shutdown_default_executor()
