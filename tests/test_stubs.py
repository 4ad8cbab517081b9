"""The stubs of the compiled modules say what the compiled modules have: mypy's ``stubtest`` compares them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = ROOT / "src" / "whorl" / "_core"

# Pattern: why no stub can or should say this. stubtest complains of a line that it does not need.
ALLOWED = {
    r"whorl\._core\.\w+\.__pyx_capi__": "how compiled modules find each other's C functions",
    r"whorl\._core\.\w+\.__test__": "the doctests that Cython found: none",
}


def kernel_facing() -> list[str]:
    """The modules that only Cython understands: no type checker could read them."""
    return sorted(path.stem for path in CORE.glob("*.py") if "# Kernel-facing" in path.read_text()[:100])


def test_every_kernel_facing_module_has_a_stub_and_no_other_has() -> None:
    assert kernel_facing() == sorted(path.stem for path in CORE.glob("*.pyi"))


@pytest.mark.skipif(sys.platform != "linux", reason="there is no compiled part")
def test_stubs_match_the_compiled_modules(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed.txt"
    allowed.write_text("".join(f"{pattern}  # {reason}\n" for pattern, reason in ALLOWED.items()))
    modules = [f"whorl._core.{name}" for name in kernel_facing()]
    options = ["--mypy-config-file", "pyproject.toml", "--concise", "--allowlist", str(allowed)]
    # A transport's stub names asyncio's class among its bases, which is true of isinstance() and not of the layout.
    options.append("--ignore-disjoint-bases")
    command = [sys.executable, "-m", "mypy.stubtest", *options, *modules]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
