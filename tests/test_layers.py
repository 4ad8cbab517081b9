"""The layers hold: nobody imports from a room above, and ``import whorl`` loads next to nothing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from layers import CORE, LAYERS, problems

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "whorl"


def test_every_import_goes_down() -> None:
    assert problems(SOURCE) == []


@pytest.mark.parametrize(
    ("file", "after", "expected"),
    [
        ("src/whorl/_core/__init__.py", "From the bottom up:", CORE),
        ("docs/design.md", "Inside `_core`:", CORE),
        ("docs/design.md", "holds the order.", [layer for layer in LAYERS if layer not in (("",), ("__main__",))]),
    ],
)
def test_the_documents_say_the_same(file: str, after: str, expected: list[tuple[str, ...]]) -> None:
    text = (ROOT / file).read_text().split(after, 1)[1]
    order = text[: text.index(".")].split("→")
    assert [set(re.findall(r"`+(\w+)`+", names)) for names in order] == [set(names) for names in expected]


@pytest.mark.parametrize(
    ("files", "complaints"),
    [
        pytest.param({"runner.py": "from whorl._loop import loop\nimport asyncio"}, [], id="down"),
        pytest.param({"_loop/loop.py": "import whorl.runner"}, ["1: whorl._loop.loop may not import whorl.runner"]),
        pytest.param({"_loop/loop.py": "\nfrom whorl import runner"}, ["2: whorl._loop.loop may not"], id="up, from"),
        pytest.param({"_loop/loop.py": "from .. import runner"}, ["1: whorl._loop.loop may not"], id="up, relative"),
        pytest.param({"_loop/loop.py": "from whorl import run"}, ["1: whorl._loop.loop may not"], id="up, by a name"),
        pytest.param({"_loop/loop.py": "from ..runner import run"}, ["1: whorl._loop.loop may not"], id="dots, name"),
        pytest.param({"_loop/loop.py": "def f():\n import whorl.runner"}, ["2: whorl._loop.loop"], id="in a function"),
        pytest.param({"_loop/loop.py": "from whorl._loop import tls", "_loop/tls.py": ""}, [], id="same package"),
        pytest.param({"runner.py": "import whorl.instruments"}, ["1: whorl.runner may not"], id="same layer"),
        pytest.param({"legacy/shims.py": "import whorl._core.ready"}, ["1: whorl.legacy.shims may not"], id="legacy"),
        pytest.param({"legacy/shims.py": "import whorl.runner, whorl.compat"}, [], id="legacy, not compiled"),
        pytest.param({"_core/waker.py": "from cython.cimports.whorl._core.registry import Watch"}, [], id="cimports"),
        pytest.param(
            {"_core/ready.py": "from cython.cimports.whorl._core.registry import Watch"},
            ["1: whorl._core.ready may not import whorl._core.registry"],
            id="cimports, up",
        ),
        pytest.param({"_core/waker.pyi": "import whorl.runner"}, ["1: whorl._core.waker may not"], id="stub"),
        pytest.param({"_core/waker.pxd": "from whorl._core.registry cimport Watch, Registry"}, [], id="pxd"),
        pytest.param({"_core/ready.pxd": "cimport whorl._core.waker as w"}, ["1: whorl._core.ready may"], id="pxd, up"),
        pytest.param({"_core/ready.pxd": "from . cimport waker"}, ["1: whorl._core.ready may not"], id="pxd, relative"),
        pytest.param(
            {"_core/ready.pxd": "cimport cython\nfrom whorl._core cimport (\n    faces,\n    waker,\n)"},
            ["2: whorl._core.ready may not import whorl._core.waker"],
            id="pxd, in brackets",
        ),
        pytest.param({"_core/ready.py": "", "_core/timers.py": "import whorl._core.ready"}, ["1:"], id="same rank"),
        pytest.param({"_core/novel.py": ""}, [" whorl._core.novel is in no layer"], id="homeless in the core"),
        pytest.param({"novel/__init__.py": "", "novel/x.py": ""}, [" whorl.novel is", " whorl.novel.x is"], id="room"),
    ],
)
def test_the_checker_sees(tmp_path: Path, files: dict[str, str], complaints: list[str]) -> None:
    for file in ("__init__.py", "compat.py", "runner.py", "instruments.py", "_core/__init__.py", "_core/faces.py"):
        _write(tmp_path / file, "")
    for file in ("_core/ready.py", "_core/registry.pxd", "_core/waker.pxd", "_loop/__init__.py", "_loop/loop.py"):
        _write(tmp_path / file, "")
    for file, text in files.items():
        _write(tmp_path / file, text)
    found = [problem.split(":", 1)[1] for problem in problems(tmp_path)]
    assert len(found) == len(complaints)
    assert all(problem.startswith(start) for problem, start in zip(found, complaints, strict=True))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def test_import_whorl_costs_next_to_nothing() -> None:
    def loaded(imports: str) -> set[str]:
        code = f"import {imports}, sys; print(*sys.modules)"
        return set(subprocess.check_output([sys.executable, "-c", code], text=True).split())

    # Neither asyncio nor a compiled module: nothing but what every annotated Python program has loaded anyway.
    assert loaded("whorl, importlib, typing") - loaded("importlib, typing") == {"whorl"}
