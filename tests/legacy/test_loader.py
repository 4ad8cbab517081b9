"""Modules of the program's own: revived with it, and without a trace on the disk."""

from pathlib import Path

import pytest

from .support import Outcome, command

OLD = """
import asyncio
@asyncio.coroutine
def work(x):
    yield from asyncio.sleep(0)
    return x, asyncio.async.__name__
"""
MAIN = """
import asyncio, helper, package.inner
from package import outer
loop = asyncio.get_event_loop()
print(loop.run_until_complete(asyncio.gather(helper.work(1), package.inner.work(2), outer(3))))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "helper.py").write_text(OLD)
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("from .inner import work as outer\n")
    (tmp_path / "package" / "inner.py").write_text(OLD)
    (tmp_path / "main.py").write_text(MAIN)
    return tmp_path


SHOWN = "[(1, 'ensure_future'), (2, 'ensure_future'), (3, 'ensure_future')]\n"


@pytest.mark.parametrize("words", [["main.py"], ["-m", "main"]])
def test_modules_are_revived(words: list[str], folder: Path) -> None:
    # The main file has nothing old in it; what it imports could not be imported today.
    (folder / "main.py").write_text(MAIN.replace("loop =", "asyncio.set_event_loop(asyncio.new_event_loop())\nloop ="))
    assert command(folder, "--quiet", *words) == Outcome(0, SHOWN, "")


def test_a_folder(folder: Path) -> None:
    (folder / "__main__.py").write_text(MAIN)
    assert command(folder, "--quiet", ".") == Outcome(0, SHOWN, "")


def test_a_package(folder: Path) -> None:
    (folder / "package" / "__main__.py").write_text(MAIN.replace("import asyncio", "import asyncio, package"))
    assert command(folder, "--quiet", "-m", "package") == Outcome(0, SHOWN, "")


def test_standard_input(folder: Path) -> None:
    assert command(folder, "--quiet", "-", stdin=MAIN) == Outcome(0, SHOWN, "")


def test_a_file_with_carriage_returns_in_latin_1(folder: Path) -> None:
    text = "# coding: latin-1\r\nimport asyncio\r\nprint(ascii('é'), asyncio.async.__name__)\r\n"
    (folder / "old.py").write_bytes(text.encode("latin-1"))
    assert command(folder, "--quiet", "old.py") == Outcome(0, "'\\xe9' ensure_future\n", "")


def test_no_cache_is_written_or_read(folder: Path) -> None:
    caches = [folder / "__pycache__", folder / "package" / "__pycache__"]
    for cache in caches:
        cache.mkdir()
        cache.chmod(0o700)
    assert command(folder, "--quiet", "main.py").code == 0
    assert [list(cache.iterdir()) for cache in caches] == [[], []]


def test_modules_of_the_library_stay_as_they_are(folder: Path) -> None:
    text = """
import asyncio, sys, collections
import asyncio.queues
asyncio.async
real = sys.modules["asyncio"]
print(hasattr(real, "coroutine"), hasattr(real, "async"), asyncio.coroutine.__name__)
print(hasattr(sys.modules["collections"], "Mapping"), hasattr(collections, "Mapping"))
"""
    (folder / "old.py").write_text(text)
    assert command(folder, "--quiet", "old.py").stdout == "False False coroutine\nFalse True\n"


def test_import_errors_are_the_programs(folder: Path) -> None:
    (folder / "old.py").write_text("import asyncio\nasyncio.async\nimport no_such_thing\n")
    assert command(folder, "--quiet", "old.py").stderr == (
        f'Traceback (most recent call last):\n  File "{folder}/old.py", line 3, in <module>\n    import no_such_thing\n'
        "ModuleNotFoundError: No module named 'no_such_thing'\n"
    )
