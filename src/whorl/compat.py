"""asyncio's private names that whorl relies on, all of them, and since which Python each is there.

whorl's loop inherits from asyncio's, so it overrides methods that asyncio calls internally and reads a few attributes
that asyncio does not promise to keep. They stand here and nowhere else: this module is where a new Python version is
met first. A test holds the three tables against the running interpreter.
"""

import asyncio
import inspect
import sys
from asyncio import base_events, base_subprocess, constants, coroutines, format_helpers, futures, sslproto, transports
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")

# What whorl calls.
check_ssl_socket: Any = base_events._check_ssl_socket  # type: ignore[attr-defined]
format_handle: Any = base_events._format_handle  # type: ignore[attr-defined]
getaddrinfo: Callable[..., Coroutine[Any, Any, list[Any]]] = asyncio.SelectorEventLoop.getaddrinfo
run_in_executor: Callable[..., asyncio.Future[Any]] = asyncio.SelectorEventLoop.run_in_executor
convert_future_error: Any = futures._convert_future_exc  # type: ignore[attr-defined]
create_connection: Any = asyncio.SelectorEventLoop.create_connection
create_unix_connection: Any = asyncio.SelectorEventLoop.create_unix_connection
create_server: Any = asyncio.SelectorEventLoop.create_server
create_unix_server: Any = asyncio.SelectorEventLoop.create_unix_server
create_datagram_endpoint: Any = asyncio.SelectorEventLoop.create_datagram_endpoint
connect_sock: Any = base_events.BaseEventLoop._connect_sock  # type: ignore[attr-defined]
create_connection_transport: Any = base_events.BaseEventLoop._create_connection_transport  # type: ignore[attr-defined]

# What asyncio.iscoroutinefunction() looks for in a function that is no `async def`.
coroutine_mark: Any = coroutines._is_coroutine  # type: ignore[attr-defined]

stop_serving: Any = asyncio.SelectorEventLoop._stop_serving  # type: ignore[attr-defined]
make_subprocess_transport: Any = asyncio.SelectorEventLoop._make_subprocess_transport  # type: ignore[attr-defined]
make_self_pipe: Any = asyncio.SelectorEventLoop._make_self_pipe  # type: ignore[attr-defined]
close_self_pipe: Any = asyncio.SelectorEventLoop._close_self_pipe  # type: ignore[attr-defined]

connect_pipes: Any = base_subprocess.BaseSubprocessTransport._connect_pipes
drain_helper: Any = asyncio.StreamReaderProtocol._drain_helper  # type: ignore[attr-defined]

# Since 3.13 a callback's arguments are shown in debug mode only.
_SHOWS_ARGUMENTS_IN_DEBUG_MODE = "debug" in format_helpers._format_callback_source.__code__.co_varnames


def format_callback_source(callback: Any, args: Any, debug: bool) -> str:
    """Describe a callback, as handles do in their repr."""
    describe: Any = format_helpers._format_callback_source
    text: str = describe(callback, args, debug=debug) if _SHOWS_ARGUMENTS_IN_DEBUG_MODE else describe(callback, args)
    return text


def mark_coroutine_function(function: _T) -> _T:
    """Have a function whose calls give coroutines taken for a coroutine function, by asyncio and by mock."""
    if sys.version_info >= (3, 12):
        inspect.markcoroutinefunction(function)  # type: ignore[type-var]
    else:
        function._is_coroutine = coroutine_mark  # type: ignore[attr-defined]
    return function


def with_faces_of(original: type) -> Callable[[type[_T]], type[_T]]:
    """Have ``inspect`` and ``mock`` take a class's functions for what they replace.

    That is: with the parameters that asyncio's have, and as coroutine functions where they return a coroutine of
    another kind. (On Python 3.11 ``inspect.iscoroutinefunction`` looks at the code only; mock asks asyncio's.)
    """

    def decorate(kind: type[_T]) -> type[_T]:
        for name, function in vars(kind).items():
            replaced = getattr(original, name, None)
            if not name.startswith("_") and hasattr(function, "__code__") and hasattr(replaced, "__code__"):
                function.__wrapped__ = replaced  # where inspect.signature() looks
                # Before 3.12 a compiled function can't be marked: it has the attribute, read-only.
                can_be_marked = sys.version_info >= (3, 12) or inspect.isfunction(function)
                if can_be_marked and asyncio.iscoroutinefunction(replaced):
                    mark_coroutine_function(function)
        return kind

    return decorate


def own_child_watcher() -> Any:
    """Return the child watcher that the program has set, if it is not of the kinds that asyncio makes by itself."""
    if sys.version_info >= (3, 14):
        return None  # there are none any more
    watcher = getattr(asyncio.get_event_loop_policy(), "_watcher", None)
    ready_made = ("ThreadedChildWatcher", "PidfdChildWatcher")
    return None if type(watcher).__name__ in ready_made else watcher


SENDFILE_MODE: Any = constants._SendfileMode.TRY_NATIVE

# The class of loop that asyncio has for the system: all that whorl can offer where there is no epoll.
STANDARD_LOOP: Any = asyncio.DefaultEventLoopPolicy._loop_factory  # type: ignore[attr-defined]

# What whorl derives from or makes, with more private methods than typeshed knows.
FlowControlMixin: Any = transports._FlowControlMixin
SSLProtocol: Any = sslproto.SSLProtocol
BaseSubprocessTransport: Any = base_subprocess.BaseSubprocessTransport

# Since 3.13 a server keeps its transports, and is told which one comes and goes.
SERVER_KNOWS_TRANSPORTS = hasattr(asyncio.Server, "close_clients")

# Methods of asyncio's loop that whorl's loop replaces. asyncio calls them; one that it has no more would be dead here.
OVERRIDDEN = (
    "_add_callback",
    "_add_reader",
    "_add_writer",
    "_check_callback",
    "_check_closed",
    "_check_thread",
    "_close_self_pipe",
    "_connect_sock",
    "_create_connection_transport",
    "_ensure_fd_no_transport",
    "_make_datagram_transport",
    "_make_self_pipe",
    "_make_socket_transport",
    "_make_ssl_transport",
    "_make_subprocess_transport",
    "_remove_reader",
    "_remove_writer",
    "_run_once",
    "_sendfile_native",
    "_sock_sendfile_native",
    "_start_serving",
    "_stop_serving",
    "_write_to_self",
)

# Attributes that asyncio's loop sets on itself and whorl's loop reads, or has as C fields under the same name.
LOOP_ATTRIBUTES = (
    "_closed",
    "_csock",
    "_current_handle",
    "_debug",
    "_default_executor",
    "_internal_fds",
    "_ready",
    "_scheduled",
    "_selector",
    "_signal_handlers",
    "_ssock",
    "_stopping",
    "_task_factory",
    "_thread_id",
    "slow_callback_duration",
)

# Those of the following that are read where they are, and the first version without them.
GONE_SINCE = {"_stream_writer": (3, 13)}

# Other private attributes, by the class that has them.
READ = {
    "asyncio:Future": ("_asyncio_future_blocking", "_source_traceback"),
    "asyncio.streams:StreamReader": (
        "_buffer",
        "_eof",
        "_exception",
        "_limit",
        "_maybe_resume_transport",
        "_paused",
        "_transport",
        "_waiter",
    ),
    "asyncio.streams:StreamReaderProtocol": (
        "_client_connected_cb",
        "_stream_reader",
        "_stream_reader_wr",
        "_stream_writer",
    ),
    "asyncio.sslproto:SSLProtocol": ("_incoming", "_app_transport"),
    "asyncio.base_subprocess:BaseSubprocessTransport": (
        "_connect_pipes",
        "_pipes",
        "_proc",
        "_process_exited",
        "_start",
    ),
    "asyncio.base_events:BaseEventLoop": ("_check_default_executor", "_check_sendfile_params", "_ensure_resolved"),
    "asyncio.base_events:Server": ("_attach", "_detach"),
    # Not asyncio's, but next door: what whorl's pool shares with its threads.
    "concurrent.futures.thread:ThreadPoolExecutor": (
        "_adjust_thread_count",
        "_idle_semaphore",
        "_max_workers",
        "_shutdown",
        "_shutdown_lock",
        "_threads",
        "_work_queue",
    ),
}
