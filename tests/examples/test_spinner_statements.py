"""Every statement of examples/spinner/README.md: the lines that follow it hold."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "examples" / "spinner" / "README.md"
IMPORTS = "import asyncio, itertools, multiprocessing, signal, sys, threading, time\nimport whorl\n"
BLOCKS = re.findall(r"^(#+ [^\n]*)$|^```python\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)


def statements() -> list[object]:
    heading = ""
    found: list[object] = []
    for title, code in BLOCKS:
        heading = title.strip("# ") or heading
        if code:
            found.append(pytest.param(code, id=f"{len(found)}, {heading}"))
    return found


@pytest.mark.parametrize("code", statements())
def test_the_lines_hold(code: str, tmp_path: Path) -> None:
    script = tmp_path / "statement.py"
    # As a program of its own, whose file processes may import, and with which ends whatever it leaves behind.
    script.write_text(IMPORTS + 'if __name__ == "__main__":\n' + textwrap.indent(code, "    "))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_program_is_named() -> None:
    named = set(re.findall(r"\]\((\w+\.py)\)", README.read_text()))
    assert named == {path.name for path in README.parent.glob("*.py")}
