"""A file has its old content or its new one, at any moment; and stays the file that it was."""

import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from whorl.legacy.upgrade.write import FileChangedError, replace

OLD, NEW = b"old\n" * 200_000, b"new!\n" * 200_000

# Goes to and fro until it is killed.
SWAPS = """
import sys
from pathlib import Path
from whorl.legacy.upgrade.write import replace
path = Path(sys.argv[1])
old, new = b"old\\n" * 200_000, b"new!\\n" * 200_000
print("ready", flush=True)
while True:
    replace(path, old, new)
    old, new = new, old
"""


def test_old_or_new_whenever_the_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "file.py"
    chance = random.Random(1)
    looks = 0
    for _ in range(8):
        path.write_bytes(OLD)
        process = subprocess.Popen([sys.executable, "-c", SWAPS, str(path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        with process.stdout:
            assert process.stdout.readline() == b"ready\n"
            ends = time.monotonic() + chance.uniform(0, 0.1)
            while time.monotonic() < ends:
                assert path.read_bytes() in (OLD, NEW)
                looks += 1
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert path.read_bytes() in (OLD, NEW)
        left = [name for name in os.listdir(tmp_path) if name != "file.py"]
        assert all(name.startswith(".file.py.") and name.endswith(".whorl") for name in left)
    assert looks


def test_mode_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(OLD)
    path.chmod(0o4751)
    replace(path, OLD, NEW)
    assert path.read_bytes() == NEW
    assert stat.S_IMODE(path.stat().st_mode) == 0o4751
    assert os.listdir(tmp_path) == ["file.py"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_owner_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(OLD)
    os.chown(path, 1234, 4321)
    replace(path, OLD, NEW)
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 4321)


def test_the_file_behind_a_link_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "file.py"
    target.write_bytes(OLD)
    (tmp_path / "middle.py").symlink_to("folder/file.py")
    link = tmp_path / "link.py"
    link.symlink_to(tmp_path / "middle.py")
    replace(link, OLD, NEW)
    assert link.is_symlink()
    assert (tmp_path / "middle.py").is_symlink()
    assert target.read_bytes() == NEW
    assert os.listdir(target.parent) == ["file.py"]


def test_a_file_that_was_changed_meanwhile_is_left(tmp_path: Path) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(b"somebody else's\n")
    with pytest.raises(FileChangedError, match="upgrade it again"):
        replace(path, OLD, NEW)
    assert path.read_bytes() == b"somebody else's\n"
    assert os.listdir(tmp_path) == ["file.py"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(OLD)
    program = (
        "import resource, signal, sys; from pathlib import Path; from whorl.legacy.upgrade.write import replace\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "path = Path(sys.argv[1]); replace(path, path.read_bytes(), b'new!' * 1000)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert "OSError" in done.stderr
    assert path.read_bytes() == OLD
    assert os.listdir(tmp_path) == ["file.py"]
