"""The signal pipe: the pair of sockets through which a signal wakes the loop, made when somebody asks for it.

asyncio opens the pair with each loop, as other threads wake the loop through it as well. whorl's loop has its waker
for them, and few programs call ``add_signal_handler``, which is the first to look at ``_csock``.
"""

from typing import Any

from whorl import compat


class PipeEnd:
    """``_ssock`` or ``_csock`` of a loop: looking at one opens the pair. A closed loop has none."""

    # A descriptor, as a loop with __getattr__ would be slower at each attribute that its tasks look up.

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, loop: Any, owner: type | None = None) -> Any:
        if loop is None:
            return self
        if vars(loop).get(self._name) is None and not loop._closed:
            compat.make_self_pipe(loop)
        return vars(loop).get(self._name)

    def __set__(self, loop: Any, sock: Any) -> None:
        vars(loop)[self._name] = sock


def make_self_pipe(self: Any) -> None:
    """Make no pair yet; count what stands in its place, the waker, among the descriptors that are the loop's own."""
    self._internal_fds += 1


def close_self_pipe(self: Any) -> None:
    """Close the pair, if there is one; it may be made anew, as in a forked child."""
    if vars(self).get("_csock") is not None:
        compat.close_self_pipe(self)
    self._internal_fds -= 1
