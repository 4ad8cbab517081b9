"""The loop under test, credentials for TLS, and a stage for each run."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from . import interrupt
from .certificate import Credentials, make_credentials
from .descriptors import ground_floor
from .factory import LoopFactory, chosen_factory
from .pairs import Pairs
from .stage import Stage


@pytest.fixture(scope="session")
def new_loop() -> LoopFactory:
    """The factory of the loop under test."""
    return chosen_factory()


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Credentials:
    """Contexts that trust one self-signed certificate for localhost."""
    return make_credentials(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session", autouse=True)
def _young_garbage() -> Iterator[None]:
    """Keep what pytest has loaded out of every later collection: the tests collect after each attempt."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def loop(new_loop: LoopFactory) -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that is closed in the end, and must leave no descriptor behind."""
    before = ground_floor()
    loop = new_loop()
    yield loop
    loop.run_until_complete(_wind_up(loop))
    loop.close()
    gc.collect()
    assert ground_floor() == before


async def _wind_up(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await loop.shutdown_default_executor()


@pytest.fixture
def stage_of(loop: asyncio.AbstractEventLoop, tmp_path: Path, tls: Credentials) -> Iterator[Callable[[], Stage]]:
    """Puts up a new stage on the same loop; struck in the end if nobody did it before."""
    stages: list[Stage] = []

    def put_up() -> Stage:
        directory = tmp_path / str(len(stages))
        directory.mkdir()
        stages.append(Stage(loop, directory, tls))
        return stages[-1]

    yield put_up
    for stage in stages:
        stage.strike()


@pytest.fixture
def pairs() -> Iterator[Pairs]:
    pairs = Pairs()
    yield pairs
    pairs.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where faults are expected, do not wait long for them to go away."""
    monkeypatch.setattr(interrupt, "PATIENCE", 0.3)
    monkeypatch.setattr(interrupt, "CLOSING_PATIENCE", 0.1)
