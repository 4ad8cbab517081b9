"""What ``import whorl`` offers: names, version, docstrings that keep their promise, and the errors of ``run()``."""

import ast
import asyncio
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

import whorl
from whorl import cli, runner
from whorl.cli import run as cli_run

ROOT = Path(__file__).parent.parent
LAZY = sorted(set(whorl.__all__) - {"__version__"})


# -- names ----------------------------------------------------------------------------------------------------------


def test_the_public_names() -> None:
    assert sorted(whorl.__all__) == whorl.__all__
    assert set(dir(whorl)) >= set(whorl.__all__)
    names: dict[str, Any] = {}
    exec("from whorl import *", names)
    assert set(names) - {"__builtins__"} == set(whorl.__all__)


def test_the_version_is_the_projects() -> None:
    assert whorl.__version__ == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


@pytest.mark.parametrize("name", LAZY)
def test_a_name_is_loaded_when_it_is_used_and_then_stays(name: str) -> None:
    code = f"import whorl; print('{name}' in vars(whorl), whorl.{name} is vars(whorl)['{name}'])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["False", "True"]


def test_type_checkers_see_the_names_where_they_are() -> None:
    tree = ast.parse(inspect.getsource(whorl))
    shown = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module != "typing"
        for alias in node.names
    }
    assert shown == whorl._HOMES
    assert sorted(shown) == LAZY
    for name, home in whorl._HOMES.items():
        assert getattr(whorl, name) is getattr(importlib.import_module(home), name)


def test_an_unknown_name_is_pythons_own_error() -> None:
    with pytest.raises(AttributeError) as theirs:
        asyncio.rum  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError) as ours:
        whorl.rum  # noqa: B018
    assert str(ours.value) == str(theirs.value).replace("asyncio", "whorl")


def test_the_map_shows_every_room() -> None:
    rooms = {module.name for module in pkgutil.iter_modules(whorl.__path__)} - {"__main__"}
    assert whorl.__doc__ is not None
    assert set(re.findall(r"^``(\w+)``$", whorl.__doc__, re.MULTILINE)) == rooms


# -- docstrings -----------------------------------------------------------------------------------------------------

ASYNCIOS_OWN = {"Cancelled"}
# What a Supervisor's crew makes, and nobody else.
MADE_FOR_YOU = {whorl.Job}

PUBLIC: list[Callable[..., Any]] = [
    *(getattr(whorl, name) for name in LAZY if name not in ASYNCIOS_OWN),
    *(
        value
        for module in (runner, cli, cli_run)
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__ and not name.startswith("_")
    ),
]
public = pytest.mark.parametrize(
    "thing", sorted(set(PUBLIC), key=str), ids=lambda thing: f"{thing.__module__}.{thing.__name__}"
)


def sections(thing: Callable[..., Any]) -> dict[str, str]:
    """The sections of a docstring by their names; the first sentence is that of the name ''."""
    heading, found = "", dict[str, str]()
    for line in inspect.cleandoc(thing.__doc__ or "").splitlines():
        match = re.fullmatch(r"(\w+)::?", line)
        if match:
            heading = match[1]
        elif line and not line.startswith(" ") and heading:
            heading = "remarks"
        found[heading] = found.get(heading, "") + ("" if match else line + "\n")
    return found


@public
def test_a_docstring_begins_with_what_it_promises(thing: Callable[..., Any]) -> None:
    first, *rest = sections(thing)[""].rstrip().split("\n\n")
    assert re.fullmatch(r"[A-Za-z].*[^.]\.", first, re.DOTALL)
    assert "\n" not in first
    assert all(paragraph.endswith((".", ":")) for paragraph in rest)


@public
def test_a_docstring_has_the_sections_that_apply(thing: Callable[..., Any]) -> None:
    found = sections(thing)
    assert set(found) <= {"", "Parameters", "Returns", "Raises", "Example", "remarks"}
    assert "Example" in found
    if thing in MADE_FOR_YOU or (isinstance(thing, type) and issubclass(thing, BaseException)):
        return
    signature = inspect.signature(thing)
    described = re.findall(r"^    (\w+): ", found.get("Parameters", ""), re.MULTILINE)
    assert described == list(signature.parameters)
    if inspect.isfunction(thing):
        assert ("Returns" in found) is (signature.return_annotation is not None)
        raises = any(isinstance(node, ast.Raise) for node in ast.walk(ast.parse(inspect.getsource(thing))))
        assert "Raises" in found or not raises
    if "Raises" in found:
        assert re.match(r"    \w+( or \w+)*: ", found["Raises"])


# The names that examples take for granted.
GRANTED: dict[str, Any] = {"asyncio": asyncio, "whorl": whorl, "download": len, "urls": ["a", "bc"]}


@pytest.mark.parametrize("name", sorted(set(LAZY) - ASYNCIOS_OWN))
def test_the_example_runs(name: str) -> None:
    ran = []

    async def main() -> None:
        ran.append(type(asyncio.get_running_loop()))

    example = textwrap.dedent(sections(getattr(whorl, name))["Example"])
    exec(example, {**GRANTED, "main": main})
    assert ran == [whorl.EventLoop] * bool(re.search(r"(?<!def )main\(\)", example))


# -- run() ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("debug", [True, False])
def test_run_returns_the_result_and_closes_its_loop(debug: bool) -> None:
    async def main() -> tuple[asyncio.AbstractEventLoop, bool]:
        return asyncio.get_running_loop(), asyncio.get_running_loop().get_debug()

    loop, debugs = whorl.run(main(), debug=debug)
    assert isinstance(loop, whorl.EventLoop)
    assert loop.is_closed()
    assert debugs is debug


def test_run_hands_on_an_exception() -> None:
    async def main() -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        whorl.run(main())


def test_run_refuses_to_run_inside_a_loop_and_harms_neither() -> None:
    async def inner() -> str:
        return "inner"

    async def main() -> str:
        coroutine = inner()
        with pytest.raises(RuntimeError, match=r"whorl.run\(\) cannot be called from a running event loop") as caught:
            whorl.run(coroutine)
        assert caught.value.__context__ is None
        return await coroutine

    assert whorl.run(main()) == asyncio.run(main()) == "inner"


@pytest.mark.parametrize("main", [None, 3, len, lambda: None])
def test_run_takes_coroutines_only(main: Any) -> None:
    with pytest.raises((TypeError, ValueError)) as theirs:
        asyncio.run(main)
    with pytest.raises((TypeError, ValueError)) as ours:
        whorl.run(main)
    assert type(ours.value) is type(theirs.value)
    assert str(ours.value) == str(theirs.value)


def test_the_policy_gives_whorls_loop() -> None:
    loop = runner.Policy().new_event_loop()
    loop.close()
    assert type(loop) is whorl.EventLoop
