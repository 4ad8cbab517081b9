"""Wrong arguments get asyncio's own type of exception, a clear text, and have no side effect.

Each call is made twice, on the loop under test and on asyncio's own loop in the same interpreter.
"""

import asyncio
from pathlib import Path

import pytest

from . import bad_address, bad_closed, bad_descriptor, bad_process, bad_schedule, bad_transport
from .certificate import Credentials
from .factory import LoopFactory
from .outcome import outcome_of

TABLES = {
    "schedule": bad_schedule.CASES,
    "descriptor": bad_descriptor.CASES,
    "transport": bad_transport.CASES,
    "address": bad_address.CASES,
    "process": bad_process.CASES,
    "closed": bad_closed.CASES,
}


# Where asyncio takes a wrong argument, or stumbles over it later, and a loop may do better: the error that it may
# raise instead, or None for no error at all.
BETTER: dict[str, type[Exception] | None] = {
    "call_soon with a wrong context, run": TypeError,  # asyncio: AttributeError in the handler, when it is run
    "call_later with a wrong context, run": TypeError,
    "sock_connect on a transport's socket": RuntimeError,  # asyncio does not look
    "sock_sendto on a transport's socket": RuntimeError,
    "sock_recvfrom on a transport's socket": RuntimeError,
    "sock_recvfrom_into on a transport's socket": RuntimeError,
    "sock_sendall on a transport's socket": RuntimeError,
    "a task factory that returns None": None,  # asyncio 3.13 wants to name the task
    "writelines of None": TypeError,  # asyncio since 3.12 takes it for an empty list
    "writelines after close": None,  # asyncio 3.12 and 3.13: 'NoneType' object is not callable
    "create_unix_connection on a closed loop": RuntimeError,  # asyncio looks for the file first
}

# What a text has to say, where the type alone does not tell what is wrong.
TEXTS = {
    "call_later with None": "delay must not be None",
    "call_at with None": "when cannot be None",
    "call_soon with None, in debug mode": "a callable object was expected by call_soon()",
    "call_soon with a coroutine function, in debug mode": "coroutines cannot be used with call_soon()",
    "run_in_executor of a coroutine function, in debug mode": "coroutines cannot be used with run_in_executor()",
    "call_soon from another thread, in debug mode": "Non-thread-safe operation",
    "call_later from another thread, in debug mode": "Non-thread-safe operation",
    "call_at from another thread, in debug mode": "Non-thread-safe operation",
    "run_until_complete inside the loop": "This event loop is already running",
    "running another loop inside the loop": "Cannot run the event loop while another loop is running",
    "run_until_complete of None": "An asyncio.Future, a coroutine or an awaitable is required",
    "run_until_complete stopped before it is done": "Event loop stopped before Future completed",
    "close while running": "Cannot close a running event loop",
    "set_task_factory with a number": "task factory must be a callable or None",
    "set_exception_handler with a number": "A callable object or None is expected",
    "set_default_executor with a number": "executor must be ThreadPoolExecutor instance",
    "add_reader of -1": "Invalid file descriptor: -1",
    "add_reader of a string": "Invalid file object",
    "add_reader of a transport's descriptor": "is used by transport",
    "sock_recv on a socket in blocking mode, in debug mode": "the socket must be non-blocking",
    "sock_connect on a socket in blocking mode, in debug mode": "the socket must be non-blocking",
    "sock_recv on a TLS socket": "Socket cannot be of type SSLSocket",
    "write of a string": "data argument must be a bytes-like object, not 'str'",
    "write after write_eof": "Cannot call write() after write_eof()",
    "writelines after write_eof": "after write_eof()",
    "sendto of a string": "data argument must be a bytes-like object, not 'str'",
    "sendto to another address than connected": "Invalid address: must be None or",
    "limits with low above high": "must be >= low",
    "connection without anything": "host and port was not specified and no sock specified",
    "connection with a datagram socket": "A Stream Socket was expected",
    "accepted socket: a datagram socket": "A Stream Socket was expected",
    "server with a datagram socket": "A Stream Socket was expected",
    "endpoint with a stream socket": "ocket was expected",
    "connection with a TLS socket": "Socket cannot be of type SSLSocket",
    "start_tls with a wrong context": "sslcontext is expected to be an instance of ssl.SSLContext",
    "start_tls on no transport": "is not supported by start_tls()",
    "sendfile of a text file": "file should be opened in binary mode",
    "program with shell=True": "shell must be False",
    "program with text=True": "text must be False",
    "shell with shell=False": "shell must be True",
    "shell with bufsize=1": "bufsize must be 0",
    "handler that is a coroutine function": "coroutines cannot be used with add_signal_handler()",
    "handler of SIGKILL": "sig 9 cannot be caught",
    "handler added in another thread": "only works in main thread",
    "call_soon on a closed loop": "Event loop is closed",
    "add_reader on a closed loop": "Event loop is closed",
    "sock_recv on a closed loop": "Event loop is closed",
}

CASES = {name: case for cases in TABLES.values() for name, case in cases.items()}


def test_every_case_has_a_name_of_its_own() -> None:
    assert len(CASES) == sum(map(len, TABLES.values()))
    assert {*BETTER, *TEXTS} <= set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_call_fares_as_in_asyncio(name: str, new_loop: LoopFactory, tmp_path: Path, tls: Credentials) -> None:
    expected = outcome_of(CASES[name], asyncio.new_event_loop, tmp_path, tls)
    outcome = outcome_of(CASES[name], new_loop, tmp_path, tls)
    if name in BETTER:
        differences = outcome.differences(expected) and outcome.differences(expected.but(BETTER[name]))
    else:
        differences = outcome.differences(expected)
    assert not differences, "\n" + "\n".join(differences)
    assert TEXTS.get(name, "") in outcome.text
