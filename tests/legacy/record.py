"""Record what the programs of ``corpus/`` show under the Python of their time.

Each runs several times and must show the same each time. Run this after adding or changing a program::

    python -m tests.legacy.record --python36 ~/.pyenv/versions/3.6.15/bin/python [NAME ...]

Programs of Trollius need it: ``--python36`` may be an environment that has it installed, and ``--python27`` runs
those of Python 2 (``trollius2_*``). Without NAME all are recorded for which an interpreter is given.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from .programs import Program, programs
from .transcript import FOLDER, store, transcript

# What a reader did who typed `main()` after loading a listing. Its folder comes first, as under `python`.
CALL = """
import os, runpy, sys
sys.argv = [{path!r}]
sys.path[0] = {folder!r}
runpy.run_path({path!r}, run_name="__main__")[{name!r}]()
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.legacy.record", description=__doc__)
    parser.add_argument("--python36", type=Path, help="an interpreter of 3.6, with trollius for trollius_*")
    parser.add_argument("--python27", type=Path, help="an interpreter of 2.7 with trollius, for trollius2_*")
    parser.add_argument("--times", type=int, default=5, help="how often each program runs (default: 5)")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    unsteady = []
    for program in programs():
        python = args.python27 if program.python2 else args.python36
        if python is None or (args.names and program.name not in args.names):
            continue
        command = [str(python), "-B", *_arguments(program)]
        with tempfile.TemporaryDirectory() as cwd:
            seen = {transcript(command, program.path, Path(cwd)) for _ in range(args.times)}
        if len(seen) == 1:
            store(program.name, seen.pop())
            print(program.name)
        else:
            unsteady.append(program.name)
            print(program.name, "shows this or that:", *seen, sep="\n  ", file=sys.stderr)
    return 1 if unsteady else 0


def _arguments(program: Program) -> list[str]:
    if program.call is None:
        return [str(program.path)]
    return ["-c", CALL.format(path=str(program.path), folder=str(program.path.parent), name=program.call)]


if __name__ == "__main__":
    sys.exit(main())
