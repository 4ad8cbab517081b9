"""``whorl upgrade``: the asyncio code of ten years ago becomes today's, in the files themselves.

First everything is decided and nothing written; then the files are replaced, one by one. What goes wrong with a file is
said and concerns that file only.
"""

import argparse
import contextlib
import difflib
import io
import sys
import tokenize
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whorl.legacy.upgrade.job import Result

NOTHING_TO_DO, WOULD_CHANGE, USAGE, LEFT = 0, 1, 2, 3

_EPILOG = """\
Without --write nothing is written. A file in which something is refused is left alone as a whole.

exit code: 0 nothing to do, or all written; 1 files would change; 2 wrong usage; 3 something is refused, or a file
could not be read or written
"""


def main(args: list[str]) -> int:
    """Upgrade the files and folders that ``args`` name.

    Parameters:
        args: the words after ``whorl upgrade``.

    Returns:
        0 when there was nothing to do or all is written, 1 when files would change, 2 for wrong usage, 3 when
        something was refused or couldn't be read or written.

    Raises:
        SystemExit: after ``--help`` (0), and for wrong usage (2).

    The words are :mod:`argparse`'s.

    Example::

        main(["src", "--diff"])
    """
    options = _options(args)
    if options.rules:
        from whorl.legacy.upgrade import rules

        print(rules.as_text(), end="")
        return NOTHING_TO_DO
    if find_spec("libcst") is None:
        return _refuse("it works with libcst, which is not installed: pip install 'whorl[legacy]'")
    missing = [path for path in options.paths if not Path(path).exists()]
    if missing:
        return _refuse("; ".join(f"no such file or folder: {path}" for path in missing))
    if options.report is not None and options.report.suffix not in (".md", ".json"):
        return _refuse(f"a report is written to FILE.md or FILE.json, not to {options.report}")
    try:
        return _upgrade(options)
    except KeyboardInterrupt:
        print("whorl upgrade: interrupted; every file is either as it was or upgraded", file=sys.stderr)
        return 130


def _options(args: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="whorl upgrade",
        description="Turn @asyncio.coroutine, yield from, asyncio.async and Trollius into today's asyncio.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a file, or a folder with all *.py in it")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="say what would change, and write nothing (the default)")
    mode.add_argument("--diff", action="store_true", help="print the changes, and write nothing")
    mode.add_argument("--write", action="store_true", help="change the files")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a report too: FILE.md or FILE.json")
    parser.add_argument("--rules", action="store_true", help="print what is rewritten, warned about and refused")
    options = parser.parse_args(args)
    if not options.paths and not options.rules:
        parser.error("no file or folder given")
    return options


def _refuse(reason: str) -> int:
    print(f"whorl upgrade: {reason}; see whorl upgrade --help", file=sys.stderr)
    return USAGE


def _upgrade(options: argparse.Namespace) -> int:
    from whorl.legacy.upgrade import job, report

    paths = job.find(options.paths)
    with _progress(len(paths)) as on_progress:
        results = job.upgrade_all(paths, on_progress)
    if options.write:
        _write(results)
    # The patch alone goes to stdout, so that `patch` and `git apply` can read it.
    said = sys.stderr if options.diff else sys.stdout
    if options.diff:
        sys.stdout.writelines(line for result in results if result.changed for line in _diff(result))
        sys.stdout.flush()
    for line in report.remarks(results):
        print(line, file=said)
    if not options.write and not options.diff:
        for result in results:
            if result.changed:
                print(f"{result.path}: would change", file=said)
    if not results:
        print("no Python files there", file=said)
    print(report.summary(results, written=options.write), file=said)
    if options.report is not None and not _write_report(options.report, results, written=options.write):
        return LEFT
    if any(result.left for result in results):
        return LEFT
    return WOULD_CHANGE if not options.write and any(result.changed for result in results) else NOTHING_TO_DO


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Callable[[int], object]]:
    """A line on the terminal that counts the files; nothing where stderr isn't one."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    import whorl

    with whorl.spinner(f"upgrading 0/{total}", elapsed=True, stream=sys.stderr) as spinner:

        def show(done: int) -> None:
            spinner.text = f"upgrading {done}/{total}"

        yield show


def _write(results: Sequence["Result"]) -> None:
    from whorl.legacy.upgrade.write import FileChangedError, replace

    for result in results:
        if result.changed:
            try:
                replace(Path(result.path), result.old, result.new)
            except FileChangedError as error:
                result.problem = str(error)
            except OSError as error:
                result.problem = f"can't write it: {error.strerror}"


def _write_report(path: Path, results: Sequence["Result"], *, written: bool) -> bool:
    from whorl.legacy.upgrade import report

    write = report.as_json if path.suffix == ".json" else report.as_markdown
    try:
        # A path may have bytes that are no text.
        path.write_text(write(results, written=written), "utf-8", errors="backslashreplace")
    except OSError as error:
        print(f"whorl upgrade: can't write the report to {path}: {error.strerror}", file=sys.stderr)
        return False
    return True


def _diff(result: "Result") -> Iterator[str]:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(result.old).readline)
    old, new = (_lines(content.decode(encoding)) for content in (result.old, result.new))
    path = result.path.lstrip("/")
    for line in difflib.unified_diff(old, new, f"a/{path}", f"b/{path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """Lines as `patch` counts them: only a line feed ends one."""
    return (
        text.splitlines(keepends=True) if "\r" not in text and text.isascii() else io.StringIO(text, "\n").readlines()
    )
