"""Subprocesses: asyncio's transport over real pipes, and a pidfd that tells when the child has ended.

A pidfd (pidfd_open(2)) is readable once the process is a zombie. It needs no signal handler and no thread, it works in
loops of any thread, and it cannot mean another process that got the same number later.
"""

import asyncio
import os
import subprocess
from asyncio.log import logger
from typing import Any

from whorl import compat


class SubprocessTransport(compat.BaseSubprocessTransport):  # type: ignore[misc]  # private in asyncio, so untyped
    """A child process as asyncio's transports describe it."""

    def _start(self, args: Any, shell: bool, stdin: Any, stdout: Any, stderr: Any, bufsize: int, **kwargs: Any) -> None:
        self._proc = subprocess.Popen(
            args, shell=shell, stdin=stdin, stdout=stdout, stderr=stderr, bufsize=bufsize, **kwargs
        )

    async def _connect_pipes(self, waiter: asyncio.Future[None]) -> None:
        """Nothing: asyncio runs this as a task of its own, which could be cancelled alone. See below."""

    def close_unconnected_pipes(self) -> None:
        """Close the pipes that have no transport, after a start that was cut off."""
        if self._proc is None:  # all were connected, and have come to their end
            return
        for number, pipe in enumerate((self._proc.stdin, self._proc.stdout, self._proc.stderr)):
            if pipe is not None and self._pipes.get(number) is None:
                pipe.close()


async def make_subprocess_transport(
    self: Any,
    protocol: asyncio.SubprocessProtocol,
    args: Any,
    shell: bool,
    stdin: Any,
    stdout: Any,
    stderr: Any,
    bufsize: int,
    extra: dict[str, Any] | None = None,
    **kwargs: Any,
) -> SubprocessTransport:
    """Start a child and connect its pipes; a child whose start is cancelled is killed and waited for."""
    if compat.own_child_watcher() is not None:
        # The program has a way of its own to hear of children. asyncio's method asks it.
        return await compat.make_subprocess_transport(  # type: ignore[no-any-return]
            self, protocol, args, shell, stdin, stdout, stderr, bufsize, extra, **kwargs
        )
    waiter = self.create_future()
    transport = SubprocessTransport(
        self, protocol, args, shell, stdin, stdout, stderr, bufsize, waiter=waiter, extra=extra, **kwargs
    )
    try:
        watch_child(self, transport)
        await compat.connect_pipes(transport, waiter)
        await waiter
        await asyncio.sleep(0)  # connection_made() comes before anybody has the transport
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException:
        transport.close()
        try:
            await transport.ended
        finally:
            transport.close_unconnected_pipes()
        raise
    return transport


def watch_child(loop: Any, transport: SubprocessTransport) -> None:
    """Have the transport hear of its child's end."""
    transport.ended = loop.create_future()
    try:
        pidfd = os.pidfd_open(transport.get_pid())
    except OSError:
        # No descriptor left to watch it with: end it here, or nobody would.
        transport._proc.kill()
        transport.ended.set_result(None)
        transport._process_exited(transport._proc.wait())
        raise
    loop._children[pidfd] = transport
    loop._add_reader(pidfd, _child_ended, loop, pidfd)


def forget_children(loop: Any) -> None:
    """Close the pidfds of children that outlive their loop; the children go on."""
    for pidfd in loop._children:
        os.close(pidfd)
    loop._children.clear()


def _child_ended(loop: Any, pidfd: int) -> None:
    transport = loop._children.pop(pidfd)
    loop._remove_reader(pidfd)
    os.close(pidfd)
    transport._process_exited(_reap(transport))
    if not transport.ended.done():
        transport.ended.set_result(None)


def _reap(transport: SubprocessTransport) -> int:
    if transport._proc.returncode is not None:  # by Popen.poll(), which asyncio calls before it sends a signal
        return int(transport._proc.returncode)
    pid = transport.get_pid()
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        logger.warning("child process pid %d exit status already read: will report returncode 255", pid)
        return 255
