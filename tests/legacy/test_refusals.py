"""What can't be revived says so: the line, what it was, and what to use."""

import sys
from pathlib import Path

import pytest

from whorl.legacy import gone

from .support import run

HEAD = "import asyncio\nasyncio.async\n"


@pytest.mark.parametrize("line", ["import asyncio.test_utils", "from asyncio import sleep, test_utils"])
def test_a_module_that_is_gone(line: str, tmp_path: Path) -> None:
    outcome = run(tmp_path, f"{HEAD}{line}\n", "--quiet")
    assert outcome.stderr.splitlines()[-1] == (
        f"ModuleNotFoundError: {tmp_path}/old.py, line 3: there is no module 'asyncio.test_utils' any more; "
        "use unittest.IsolatedAsyncioTestCase"
    )


def test_a_program_that_can_do_without_it_does(tmp_path: Path) -> None:
    text = "try:\n    import formatter\nexcept ImportError as error:\n    print(error.name)\n"
    assert run(tmp_path, HEAD + text, "--quiet").stdout == "formatter\n"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="it is there")
@pytest.mark.parametrize("module", ["imp", "asyncore", "distutils.core"])
def test_modules_that_left_with_312(module: str, tmp_path: Path) -> None:
    outcome = run(tmp_path, f"{HEAD}from {module} import x\n", "--quiet")
    name = module.partition(".")[0]
    assert f"old.py, line 3: there is no module {name!r} any more; {gone.MODULES[name]}" in outcome.stderr


AIOHTTP = """
import aiohttp
@asyncio.coroutine
def main():
    response = yield from aiohttp.request("GET", "http://localhost/")
    return (yield from response.read_and_close(decode=True))
asyncio.get_event_loop().run_until_complete(main())
"""


def test_idioms_of_aiohttp(tmp_path: Path) -> None:
    pytest.importorskip("aiohttp")
    outcome = run(tmp_path, HEAD + AIOHTTP, "--quiet")
    assert outcome.code == 1
    assert outcome.stderr.splitlines()[-1].startswith(
        f"whorl.errors.CannotRevive: {tmp_path}/old.py, line 7: aiohttp.request is aiohttp before 1.0, and "
    )
    assert "use aiohttp.ClientSession" in outcome.stderr


def test_what_aiohttp_still_has_is_left_alone(tmp_path: Path) -> None:
    pytest.importorskip("aiohttp")
    text = "import aiohttp\nasync def main():\n    return aiohttp.request\nprint(aiohttp.ClientSession.get)\n"
    assert run(tmp_path, HEAD + text, "--quiet").code == 0


def test_a_program_in_python_2_without_fissix(tmp_path: Path) -> None:
    (tmp_path / "fissix.py").write_text("raise ModuleNotFoundError('No module named fissix', name='fissix')\n")
    outcome = run(tmp_path, "import trollius\nprint 'x'\n", "--quiet")
    place, line, _, reason = outcome.stderr.splitlines()
    assert (place, line) == (f'  File "{tmp_path}/old.py", line 2', "    print 'x'")
    assert reason.startswith("SyntaxError: this Trollius program is in Python 2; to run it, whorl needs fissix: pip ")
