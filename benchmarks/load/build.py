"""Compiles the load generator and the C server when they are first needed, and again when their source is newer."""

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE.parent.parent / "build" / "bench"
FLAGS = ("-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror")
SERVER = "echo_server"


def load() -> Path:
    """The load generator; with TLS if OpenSSL's headers are there, otherwise it refuses ``--tls``."""
    sources = [path for path in sorted(HERE.glob("*.c")) if path.stem != SERVER]
    tls = ("-DWITH_TLS",) if has_openssl() else ()
    return compiled("load", sources, (*FLAGS, *tls), ("-lssl", "-lcrypto") if tls else ())


def echo_server() -> Path:
    return compiled(SERVER, [HERE / f"{SERVER}.c"], FLAGS, ())


def has_openssl() -> bool:
    check = "#include <openssl/ssl.h>\n"
    command = ("gcc", "-E", "-x", "c", "-o", os.devnull, "-")
    return subprocess.run(command, input=check, text=True, capture_output=True).returncode == 0


def compiled(name: str, sources: list[Path], flags: tuple[str, ...], libraries: tuple[str, ...]) -> Path:
    """``build/bench/NAME``, no older than what it is made of and made by the same command."""
    if shutil.which("gcc") is None:
        raise RuntimeError("the load generator is compiled when it is first used, and gcc is not on PATH")
    program, note = BUILD / name, BUILD / f"{name}.command"
    words = [*flags, *map(str, sources), *libraries]
    newest = max(path.stat().st_mtime for path in (*sources, *HERE.glob("*.h")))
    same = program.exists() and note.exists() and note.read_text() == " ".join(words)
    if same and program.stat().st_mtime >= newest:
        return program
    BUILD.mkdir(parents=True, exist_ok=True)
    # Beside it and then renamed: another run may be executing the old one, or compiling too.
    fresh = program.with_suffix(f".{os.getpid()}")
    done = subprocess.run(["gcc", "-o", str(fresh), *words], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"gcc {' '.join(words)} failed:\n{done.stderr}")
    fresh.replace(program)
    note.write_text(" ".join(words))
    return program
