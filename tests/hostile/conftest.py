"""The loop under test, credentials for TLS, and a stage for each run."""

import asyncio
import gc
import importlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .certificate import Credentials, make_credentials
from .descriptors import ground_floor
from .stage import Stage

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def _factory() -> LoopFactory:
    name = os.environ.get("WHORL_TEST_LOOP", "whorl")
    module, _, attribute = name.partition(":")
    factory: LoopFactory = getattr(importlib.import_module(module), attribute or "new_event_loop")
    return factory


@pytest.fixture(scope="session")
def new_loop() -> LoopFactory:
    """The factory of the loop under test."""
    return _factory()


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
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    gc.collect()
    assert ground_floor() == before


@pytest.fixture
def stage_of(
    loop: asyncio.AbstractEventLoop, tmp_path: Path, tls: Credentials
) -> Callable[[], Stage]:
    """Puts up a new stage on the same loop."""
    count = 0

    def put_up() -> Stage:
        nonlocal count
        count += 1
        directory = tmp_path / str(count)
        directory.mkdir()
        return Stage(loop, directory, tls)

    return put_up
