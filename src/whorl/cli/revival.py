"""What ``whorl run`` asks before it runs a program: the options, and whether the program is an old one to revive.

Nothing of :mod:`whorl.legacy` is imported before ``sys.path[0]`` is the program's.
"""

import io
import os
from types import CodeType, ModuleType


class Options:
    """What the words before SCRIPT say."""

    def __init__(self) -> None:
        self.call: str | None = None
        self.quiet = False
        self.revive = True

    def take(self, args: list[str]) -> int:
        """Take an option from the front of ``args``, and return how many words it has: 0 if there is none."""
        first, *rest = args
        if first == "--call" and rest:
            self.call = rest[0]
            return 2
        if first.startswith("--call="):
            self.call = first.removeprefix("--call=")
        elif first == "--quiet":
            self.quiet = True
        elif first == "--no-revive":
            self.revive = False
        else:
            return 0
        return 1


def revived(main_module: ModuleType, source: bytes, path: str, options: Options) -> CodeType | None:
    """The code of a program in the asyncio dialect of 3.4-3.6, when it is one and shall be revived."""
    if not _prepare(main_module, source, path, options):
        return None
    from whorl.legacy.source import compiled

    return compiled(source, path)


def _prepare(main_module: ModuleType, source: bytes, path: str, options: Options) -> bool:
    """Prepare the process for an old program, if this is one and shall be revived."""
    if not options.revive:
        return False
    from whorl.legacy import survey

    signs = survey.signs_of(path, source)
    if signs:
        from whorl.legacy import program

        program.prepare(main_module, signs, quiet=options.quiet)
    return bool(signs)


def prepare_file(main_module: ModuleType, path: str | None, options: Options) -> None:
    """Prepare for what ``runpy`` will find in ``path``."""
    if path is not None and os.path.isfile(path):
        with io.open_code(path) as file:
            _prepare(main_module, file.read(), path, options)
