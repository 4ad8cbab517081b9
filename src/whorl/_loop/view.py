"""The registry as a selector: what ``loop._selector`` shows to asyncio's pipe transports and to curious tools."""

import selectors
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from whorl._core.descriptors import watched_events

if TYPE_CHECKING:
    from whorl._core.scheduler import Scheduler


class RegistryView(selectors.BaseSelector):
    """Reads what callbacks the loop watches descriptors for; the watching itself goes through the loop."""

    def __init__(self, loop: "Scheduler") -> None:
        self._loop: Scheduler | None = loop

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """Return a key for each descriptor with a reader or writer callback; its data is the two handles."""
        if self._loop is None:
            return {}
        keys = {}
        for fd, (reader, writer) in watched_events(self._loop).items():
            events = (selectors.EVENT_READ if reader is not None else 0) | (
                selectors.EVENT_WRITE if writer is not None else 0
            )
            keys[fd] = selectors.SelectorKey(fd, fd, events, (reader, writer))
        return keys

    def close(self) -> None:
        """Give up epoll: called once, at the end of the loop's ``close()``."""
        if self._loop is not None:
            self._loop._close_registry()
            self._loop = None

    def _refuse(self, *_args: object) -> NoReturn:
        raise RuntimeError("whorl's loop waits for descriptors itself; use loop.add_reader() and loop.add_writer()")

    register: Any = _refuse
    unregister: Any = _refuse
    modify: Any = _refuse
    select: Any = _refuse
