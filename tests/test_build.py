"""The build: none that is out of date is tested, none that fails is silent, and what comes of it works elsewhere."""

import os
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

import staleness

ROOT = Path(__file__).parent.parent
SUFFIX = ".cpython-311-x86_64-linux-gnu.so"

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="there is no compiled part")


def run(*command: object, cwd: Path, **environment: str) -> tuple[int, str]:
    """The exit code of a command and what it wrote, to either stream."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=inherited | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def write(folder: Path, *names: str, time: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch()
        os.utime(folder / name, (time, time))


# -- a build that is out of date ------------------------------------------------------------------------------------


@pytest.fixture
def core(tmp_path: Path) -> Path:
    folder = tmp_path / "src" / "whorl" / "_core"
    write(folder, "__init__.py", "a.py", "a.pxd", "a.pyi", "b.py", "native.h", time=100)
    write(folder, f"compiled{SUFFIX}", time=100)
    return folder


@pytest.mark.parametrize("fresh", ["__init__.py", "a.pyi", "a.c", "notes.txt", f"compiled{SUFFIX}"])
def test_a_build_as_new_as_its_source_is_fine(core: Path, fresh: str) -> None:
    write(core, fresh, time=200)
    assert list(staleness.stale_modules(core, SUFFIX)) == []
    assert staleness.complaint(core, SUFFIX, core, core / ".venv") is None


@pytest.mark.parametrize("newer", [["a.py"], ["a.pxd"], ["native.h"], ["a.pxd", "b.py"]])
def test_a_build_older_than_its_source_is_not(core: Path, newer: list[str]) -> None:
    write(core, *newer, time=101)
    expected = [f"{core / 'compiled'}{SUFFIX} is older than {name}" for name in newer]
    assert list(staleness.stale_modules(core, SUFFIX)) == expected


def test_a_build_for_another_python_does_not_count(core: Path) -> None:
    (stale,) = staleness.stale_modules(core, ".cpython-312-x86_64-linux-gnu.so")
    assert stale.startswith(f"{core} is not built for Python")


@pytest.mark.parametrize(
    ("environment", "command"),
    [
        ("/checkout/.venv", "`make install`"),
        ("/checkout/.venv-3.12", "`make install VENV=.venv-3.12`"),
        ("/elsewhere/venv", "`make install VENV=/elsewhere/venv`"),
    ],
)
def test_the_complaint_says_how_to_mend_it(core: Path, environment: str, command: str) -> None:
    write(core, "b.py", time=101)
    complaint = staleness.complaint(core, SUFFIX, Path("/checkout"), Path(environment))
    assert complaint is not None
    assert f"compiled{SUFFIX} is older than b.py" in complaint
    assert complaint.endswith(f"{command} builds it anew.")


@on_linux
def test_the_tests_refuse_to_run_on_an_old_build(core: Path, tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    write(core.parent, "__init__.py", time=100)
    write(tests, "test_nothing.py", time=100)
    (tests / "test_nothing.py").write_text("def test_nothing(): pass\n")
    for name in ("conftest.py", "staleness.py"):
        shutil.copy(Path(__file__).with_name(name), tests)

    def outcome() -> tuple[int, str]:
        return run(sys.executable, "-m", "pytest", "tests", cwd=tmp_path, PYTHONPATH=str(core.parent.parent))

    _, suffix = _built("whorl._core.ready").name.split(".", 1)
    write(core, f"compiled.{suffix}", time=100)
    assert outcome()[0] == pytest.ExitCode.OK
    write(core, "b.py", time=101)
    code, output = outcome()
    assert code == pytest.ExitCode.USAGE_ERROR
    assert f"compiled.{suffix} is older than b.py" in output
    assert "`make install" in output
    assert "collected" not in output


def _built(module: str) -> Path:
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin)


# -- a build that fails ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of this version that has what the build requires: this one, or else one in an environment of its own."""
    if find_spec("Cython") and find_spec("setuptools"):
        return Path(sys.executable)
    folder = tmp_path_factory.mktemp("builder")
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)[0] == 0
    code, output = run(sys.executable, "-m", "pip", "--python", folder, "install", *requires, cwd=folder)
    assert code == 0, output
    return folder / "bin" / "python"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the sources with one compiled module, which builds in a moment."""
    folder = tmp_path / "checkout"
    core = folder / "src" / "whorl" / "_core"
    core.mkdir(parents=True)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for name in ("__init__.py", "ready.py", "ready.pxd"):
        shutil.copy(ROOT / "src" / "whorl" / "_core" / name, core)
    return folder


def breakage(checkout: Path, source: str) -> None:
    core = checkout / "src" / "whorl" / "_core"
    (core / "ready.py").write_text(source)
    (core / "ready.pxd").write_text("")


@on_linux
@pytest.mark.parametrize(
    ("source", "environment", "reason"),
    [
        pytest.param("def f(:\n", {}, "ready.py:1:6: ", id="not Python"),
        pytest.param("def f():\n    return undefined_name()\n", {}, "undefined_name", id="not Cython"),
        pytest.param(None, {"CC": "/bin/false"}, "/bin/false", id="no compiler"),
        pytest.param(None, {"WHORL_BUILD": "fast"}, "choose one of release, trace, asan", id="unknown kind"),
    ],
)
def test_a_failed_build_says_so(
    builder: Path, checkout: Path, source: str | None, environment: dict[str, str], reason: str
) -> None:
    if source is not None:
        breakage(checkout, source)
    code, output = run(builder, "setup.py", "build_ext", "--inplace", cwd=checkout, **environment)
    assert code != 0
    assert reason in output
    assert list(checkout.rglob("*.so")) == []


@on_linux
def test_a_failed_installation_says_so(checkout: Path, tmp_path: Path) -> None:
    breakage(checkout, "def f(:\n")
    code, output = run(
        sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", tmp_path, checkout, cwd=tmp_path
    )
    assert code != 0
    assert "ready.py:1:6: " in output
    assert list(tmp_path.glob("*.whl")) == []


@on_linux
def test_each_kind_of_build_is_made_anew(builder: Path, checkout: Path) -> None:
    generated = checkout / "src" / "whorl" / "_core" / "ready.c"
    for kind, traces in (("release", False), ("trace", True), ("trace", True), ("release", False)):
        code, output = run(builder, "setup.py", "build_ext", "--inplace", cwd=checkout, WHORL_BUILD=kind)
        assert code == 0, output
        assert ("__Pyx_TraceLine(" in generated.read_text()) is traces, kind


# -- other systems --------------------------------------------------------------------------------------------------


def test_other_systems_build_nothing(tmp_path: Path) -> None:
    """setup.py is run as it is, with a setuptools that shows what it is asked to build."""
    command = tmp_path / "setuptools" / "command"
    command.mkdir(parents=True)
    (command.parent / "__init__.py").write_text("Extension = None\ndef setup(**kwargs): print(kwargs['ext_modules'])\n")
    (command / "build_ext.py").write_text("build_ext = object\n")
    code = "import sys, runpy; sys.platform = 'darwin'; runpy.run_path('setup.py')"
    assert run(sys.executable, "-c", code, cwd=ROOT, PYTHONPATH=str(tmp_path)) == (0, "[]\n")


ELSEWHERE = """
import asyncio
import sys

sys.platform = "darwin"
sys.modules["whorl._core"] = sys.modules["whorl._loop"] = None  # an import of these fails

import whorl

standard = asyncio.new_event_loop()
for loop in (whorl.new_event_loop(), whorl.EventLoop()):
    assert type(loop) is type(standard) is whorl.EventLoop, loop
    loop.close()
standard.close()

async def main():
    assert type(asyncio.get_running_loop()) is whorl.EventLoop
    await asyncio.sleep(0)
    return "done"

print(whorl.run(main()))
"""


def test_other_systems_get_asyncios_loop(tmp_path: Path) -> None:
    assert run(sys.executable, "-c", ELSEWHERE, cwd=tmp_path) == (0, "done\n")


# -- an installation ------------------------------------------------------------------------------------------------

INSTALLED = """
import asyncio, importlib.metadata, importlib.resources, sys, whorl

async def main():
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    assert await reader.read() == b""
    writer.close()
    server.close()
    return type(asyncio.get_running_loop()).__module__

print(whorl.run(main()))
print(whorl.__file__)
print(importlib.resources.files("whorl").joinpath("py.typed").is_file())
print(*sorted(str(file) for file in importlib.metadata.files("whorl") if "_core" in file.parts))
"""
TYPED = "import whorl; reveal_type(whorl.EventLoop().call_soon(print)); reveal_type(whorl.new_event_loop())"


@on_linux
@pytest.mark.timeout(900)  # it builds everything, once
def test_an_installation_works_without_the_checkout(tmp_path: Path) -> None:
    checkout, venv = tmp_path / "checkout", tmp_path / "venv"
    ignored = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "*.so", "*.c", "tests", "docs")
    shutil.copytree(ROOT, checkout, ignore=ignored)
    assert run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=tmp_path)[0] == 0
    code, output = run(sys.executable, "-m", "pip", "--python", venv, "install", checkout, cwd=tmp_path)
    assert code == 0, output
    shutil.rmtree(checkout)

    code, output = run(venv / "bin" / "python", "-c", INSTALLED, cwd=tmp_path)
    assert code == 0, output
    loop, place, typed, files = output.splitlines()
    assert loop == "whorl._loop.loop"
    assert Path(place).is_relative_to(venv)
    assert typed == "True"
    installed = {Path(file).name for file in files.split()}
    sources = ROOT / "src" / "whorl" / "_core"
    assert installed >= {_built("whorl._core.ready").name} | {path.name for path in sources.glob("*.pyi")}

    assert run(venv / "bin" / "whorl", "--version", cwd=tmp_path)[0] == 0
    mypy = [sys.executable, "-m", "mypy", "--strict", "--python-executable", venv / "bin" / "python", "-c", TYPED]
    code, output = run(*mypy, cwd=tmp_path)
    assert code == 0, output
    assert '"whorl._core.handle.Handle"' in output
