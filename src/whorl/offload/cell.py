"""A cell: one process that runs one call at a time, and the pipe to it.

The process is forked from multiprocessing's fork server where there is one, so it knows nothing of this program's
threads and descriptors. It ends when this end of the pipe is closed, and at once when the program has gone, however
that came.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext

from whorl.offload.parcel import answer
from whorl.system import at_fork, process_context

_context: ForkServerContext | SpawnContext = process_context()


def _use_spawn() -> None:
    global _context
    _context = multiprocessing.get_context("spawn")


# A forked child can't use the fork server of its parent, and multiprocessing gives it no other.
at_fork(after_in_child=_use_spawn)

# What to do when a process can't start: it is nearly always this.
GUARD = 'a script must start its work under `if __name__ == "__main__":`, as each process imports it'

# Seconds for a process without a call to end by itself, when its pipe is closed: it writes out what it has buffered.
_GRACE = 2.0


class Cell:
    """A process that waits for calls."""

    def __init__(self) -> None:
        """Start the process.

        Raises:
            RuntimeError: it can't be started.
        """
        self.connection, theirs = _context.Pipe()
        try:
            self.process = _context.Process(target=_serve, args=(theirs,), name="whorl-offload")
            self.process.start()
        except (EOFError, OSError) as error:  # the fork server imports the program's main module, and died of it
            self.connection.close()
            raise RuntimeError(f"no process could be started ({type(error).__name__}: {error}); {GUARD}") from error
        except BaseException:
            self.connection.close()
            raise
        finally:
            theirs.close()
        self.pid = self.process.pid
        self.begun = False
        """Whether the process has said that it is there."""

    def is_there(self) -> bool:
        """Return whether the process is there, and waits for a call."""
        if self.begun and self.connection.poll():  # nobody has asked it anything: this is the pipe's end
            return False
        return self.process.is_alive()

    def exchange(self, parcel: bytes) -> bytes | None:
        """Send a call and wait for the answer; ``None`` if the process died."""
        try:
            if not self.begun:
                self._receive()
                self.begun = True
            self.connection.send_bytes(parcel)
            return self._receive()
        except (EOFError, OSError):
            return None

    def _receive(self) -> bytes:
        # The end of the pipe alone would not tell: a child of the process may hold it open.
        wait([self.connection, self.process.sentinel])
        if not self.connection.poll():
            raise EOFError
        return self.connection.recv_bytes()

    def end(self) -> str:
        """End the process, if it has not ended already, and return in words how it did."""
        self.connection.close()
        self.process.join(_GRACE)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        code = self.process.exitcode or 0
        if code < 0:
            known = -code in {int(number) for number in signal.Signals}
            return f"was killed by {signal.Signals(-code).name if known else f'signal {-code}'}"
        return f"ended with exit code {code}"


def _serve(connection: Connection) -> None:
    """Answer calls until there are no more; the main function of the process."""
    # Ctrl-C goes to the whole group of processes; what becomes of a call is decided by who waits for it. A handler that
    # does nothing, as commands started from here would inherit that a signal is ignored.
    signal.signal(signal.SIGINT, lambda *_: None)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):  # this process is needed no longer
        connection.send_bytes(b"")  # it has begun: the main module of the program could be imported
        while True:
            reply = answer(connection.recv_bytes())
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(Exception):
                    stream.flush()  # the process may be killed before it would do so itself
            connection.send_bytes(reply)
            del reply


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
