"""Forks: a child process gets epoll, waker and signal pipe of its own for each loop it inherits.

A forked process shares the kernel's epoll set with its parent: what the child registers or closes would change what
the parent hears, and each would take the other's wake-ups. So each living loop parts from its parent right after the
fork. A child that never uses its loops (it runs another program, or makes a loop of its own) loses a few system calls.
"""

import os
import signal
import threading
import weakref
from typing import Any

from whorl._loop import executor

_living: "weakref.WeakSet[Any]" = weakref.WeakSet()


def survive(loop: Any) -> None:
    """Have a loop part from its parent process in every child that is forked from now on."""
    _living.add(loop)


def _part_from_parent() -> None:
    for loop in list(_living):
        if loop.is_closed():
            continue
        loop._after_fork()
        executor.forget_threads(loop)
        loop._close_self_pipe()
        loop._make_self_pipe()
        if loop._signal_handlers:
            signal.set_wakeup_fd(loop._csock.fileno())


def _send_what_is_corked() -> None:
    for loop in list(_living):
        if loop._thread_id == threading.get_ident():
            loop._before_fork()


os.register_at_fork(before=_send_what_is_corked, after_in_child=_part_from_parent)
