"""The ``whorl`` command: one module per sub-command, imported when it is called."""

import importlib
import sys
from collections.abc import Sequence

import whorl

# Every sub-command is a module of this package with `main(args: list[str]) -> int`.
COMMANDS = {
    "run": "run an asyncio program, unchanged, on whorl's loop",
    "upgrade": "turn the asyncio code of 2014-2018 into today's",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line of ``whorl`` and return its exit code.

    What stands after the name of the sub-command goes to it untouched: ``whorl run app.py --help`` asks the
    program for help.

    Parameters:
        argv: the words after ``whorl``; ``None`` takes them from ``sys.argv``.

    Returns:
        The exit code of the sub-command.

    Raises:
        SystemExit: after ``--help`` and ``--version`` (0), for an unknown command (2), or as the program that
            ``whorl run`` runs exits. Its uncaught exceptions come through here too.

    The words and exit codes are :mod:`argparse`'s.

    Example::

        sys.exit(main(["run", "server.py", "--port", "8000"]))
    """
    args = sys.argv[1:] if argv is None else list(argv)
    if args and args[0] in COMMANDS:
        command = importlib.import_module(f"{__name__}.{args[0]}")
        return int(command.main(args[1:]))
    return _explain(args)


def _explain(args: list[str]) -> int:
    # Not at the top: a program that `whorl run` runs should find as few modules loaded as possible.
    import argparse

    parser = argparse.ArgumentParser(prog="whorl", description="Run asyncio programs on a faster loop.")
    parser.add_argument("--version", action="version", version=f"whorl {whorl.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        commands.add_parser(name, help=summary)
    parser.parse_args(args)  # prints the help, the version or what is wrong, and exits
    return 2
