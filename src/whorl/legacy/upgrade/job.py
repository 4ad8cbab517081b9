"""Many files: which they are, and what each becomes, on all processors if that pays."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from whorl.legacy.upgrade.file import Outcome, Remark, upgrade
from whorl.legacy.upgrade.neighbours import Around, look
from whorl.legacy.upgrade.rules import Kind

# Below it, one process is done before others have started: they need half a second, in which one does 50 kB.
WORTH_PROCESSES = 150_000
_IGNORED = frozenset(("__pycache__", "node_modules"))


@dataclass
class Result:
    """One file, and what is to become of it."""

    path: str
    old: bytes = b""
    new: bytes = b""
    remarks: tuple[Remark, ...] = field(default=())
    problem: str = ""  # why nothing can be done with it

    @property
    def refused(self) -> bool:
        return any(remark.kind == Kind.REFUSED.value for remark in self.remarks)

    @property
    def left(self) -> bool:
        """Whether it stays as it is although it should not."""
        return self.refused or bool(self.problem)

    @property
    def changed(self) -> bool:
        return not self.left and self.old != self.new


def find(paths: Iterable[str]) -> list[str]:
    """The files to upgrade, each once, in order.

    Parameters:
        paths: files, whatever they are called, and folders, of which every ``*.py`` inside counts; hidden folders
            and links to folders are passed over.

    Returns:
        The paths.
    """
    found: dict[str, str] = {}
    for path in paths:
        for file in _inside(path) if os.path.isdir(path) else [path]:
            found.setdefault(os.path.realpath(file), file)
    return list(found.values())


def _inside(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _IGNORED)
        yield from (os.path.join(parent, name) for name in sorted(files) if name.endswith(".py"))


def upgrade_all(paths: list[str], on_progress: Callable[[int], object] = lambda done: None) -> list[Result]:
    """Work out what each file becomes, and write nothing.

    Parameters:
        paths: of the files.
        on_progress: called with the number of files that are done.

    Returns:
        A result for each path, in their order.
    """
    results = {path: _read(path) for path in paths}
    # The longest first, so that no process is left alone with it.
    waiting = sorted((result for result in results.values() if not result.problem), key=lambda result: -len(result.old))
    around = look({result.path: result.old for result in waiting})
    done = len(paths) - len(waiting)
    workers = min(os.cpu_count() or 1, len(waiting))
    if workers > 1 and sum(len(result.old) for result in waiting) > WORTH_PROCESSES:
        outcomes = _in_processes(waiting, around, workers)
    else:
        outcomes = ((result, upgrade(result.old, around[result.path])) for result in waiting)
    for result, outcome in outcomes:
        result.new, result.remarks, result.problem = outcome.content, outcome.remarks, outcome.problem
        done += 1
        on_progress(done)
    return list(results.values())


def _in_processes(
    results: list[Result], around: Mapping[str, Around], workers: int
) -> Iterator[tuple[Result, Outcome]]:
    """Each result with its outcome, in whatever order they come."""
    # Spawned: a fork would copy the thread that draws the progress, and its locks. Ctrl-C is for this process to hear.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))
    try:
        futures = {pool.submit(upgrade, result.old, around[result.path]): result for result in results}
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except BrokenProcessPool:
                old = futures[future].old
                yield (
                    futures[future],
                    Outcome(old, problem="a process that was at work died, for want of memory perhaps"),
                )
    finally:
        pool.shutdown(cancel_futures=True)


def _read(path: str) -> Result:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        return Result(path, problem=f"can't read it: {error.strerror}")
    return Result(path, content, content)
