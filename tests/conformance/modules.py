"""Which of asyncio's test modules judge whorl, and why the others do not: together, all that there are."""

import importlib.util
import sys
from pathlib import Path

# The slow ones first: two modules run at a time, and a slow one at the end would run alone.
FUNCTIONAL = (
    "test_tasks",
    "test_subprocess",
    "test_ssl",
    "test_events",
    "test_taskgroups",
    "test_sslproto",
    "test_sock_lowlevel",
    "test_sendfile",
    "test_futures",
    "test_waitfor",
    "test_streams",
    "test_locks",
    "test_eager_task_factory",
    "test_runners",
    "test_timeouts",
    "test_server",
    "test_context",
    "test_queues",
    "test_staggered",
    "test_threads",
    "test_futures2",
    "test_buffered_proto",
)

# The first Python that has the module; all others are in every version that whorl runs on.
SINCE = {"test_eager_task_factory": (3, 12), "test_staggered": (3, 13)}

LEFT_OUT = {
    "test_base_events": "unit tests of asyncio's own loop, through mocks of its internals",
    "test_selector_events": "unit tests of asyncio's selector loop and transports, with a mock selector",
    "test_unix_events": "unit tests of asyncio's signals, pipes and children, through mocks of os and signal",
    "test_pep492": "makes no loop but bare BaseEventLoop objects",
    "test_protocols": "makes no loop",
    "test_transports": "makes no loop",
    "test_proactor_events": "unit tests of the loop for Windows",
    "test_windows_events": "Windows only",
    "test_windows_utils": "Windows only",
}


def suite_directory() -> Path | None:
    """Return where the interpreter keeps asyncio's tests, or None: distributions may leave them out."""
    try:
        spec = importlib.util.find_spec("test.test_asyncio")
    except ModuleNotFoundError:
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def modules_here() -> list[str]:
    """Return the functional modules that this version of Python has."""
    return [name for name in FUNCTIONAL if sys.version_info >= SINCE.get(name, (3, 0))]
