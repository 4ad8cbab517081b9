"""A file gets its new content at once: whoever looks, whenever, sees the old or the new one."""

import contextlib
import os
import stat
import tempfile
from pathlib import Path


def replace(path: Path, old: bytes, new: bytes) -> None:
    """Replace the content of a file.

    Parameters:
        path: of the file. Where it is a symbolic link, the file behind it is replaced, and the link stays.
        old: what was read, and must still be there.
        new: what is to be there.

    Raises:
        OSError: it can't be read, or its folder can't be written to; or its mode or owner couldn't be kept. The file
            is then as it was.
        FileChangedError: somebody has changed it meanwhile.

    The new content is written to a file beside it, forced to the disk, and renamed (POSIX ``rename``). Other hard
    links keep the old content. If the process is killed, a file ``.NAME.….whorl`` may stay.

    Example::

        replace(path, content, upgrade(content).content)
    """
    target = Path(os.path.realpath(path))
    status = target.stat()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".whorl")
    try:
        with open(descriptor, "wb") as file:
            file.write(new)
            if (status.st_uid, status.st_gid) != _owner(descriptor):
                os.fchown(descriptor, status.st_uid, status.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode))
            file.flush()
            os.fsync(descriptor)
        if target.read_bytes() != old:
            raise FileChangedError("it was changed while it was being upgraded; upgrade it again")
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
    _sync_folder(target.parent)


class FileChangedError(RuntimeError):
    """The file isn't what was read any more."""


def _owner(descriptor: int) -> tuple[int, int]:
    status = os.fstat(descriptor)
    return status.st_uid, status.st_gid


def _sync_folder(folder: Path) -> None:
    """Make the new name last. Some file systems can't, and then there is nothing more to do."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
