"""pytest-asyncio: a run of its own, of tests whose loop a ``conftest.py`` chooses in the documented way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest_asyncio.plugin

# The hook came with pytest-asyncio 1.4, and deprecated the fixture that earlier versions have for this.
HOOK = """
import whorl


def pytest_asyncio_loop_factories(config, item):
    return {"whorl": whorl.new_event_loop}
"""
FIXTURE = """
import pytest

from whorl.runner import Policy


@pytest.fixture(scope="session")
def event_loop_policy():
    return Policy()
"""

TESTS = """
import asyncio

import pytest
import pytest_asyncio


def on_whorl():
    return type(asyncio.get_running_loop()).__module__.startswith("whorl.")


@pytest_asyncio.fixture
async def echo():
    async def answer(reader, writer):
        writer.write(await reader.readline())
        writer.close()
        await writer.wait_closed()

    assert on_whorl()
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def loop_of_module():
    assert on_whorl()
    yield asyncio.get_running_loop()


@pytest.mark.asyncio
async def test_echo(echo):
    assert on_whorl()
    reader, writer = await asyncio.open_connection(*echo)
    writer.write(b"hello\\n")
    assert await reader.read() == b"hello\\n"
    writer.close()
    await writer.wait_closed()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("times", [1, 2])
async def test_one_loop_for_the_module(loop_of_module, times):
    assert asyncio.get_running_loop() is loop_of_module


@pytest.mark.asyncio
async def test_thread():
    assert await asyncio.to_thread(sum, [1, 2]) == 3
"""


def test_runs_tests_and_fixtures_on_whorl(tmp_path: Path) -> None:
    has_hook = hasattr(pytest_asyncio.plugin.PytestAsyncioSpecs, "pytest_asyncio_loop_factories")
    (tmp_path / "conftest.py").write_text(HOOK if has_hook else FIXTURE)
    (tmp_path / "test_on_whorl.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nfilterwarnings = error\nasyncio_default_fixture_loop_scope = function\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "4 passed" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
