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

CASES = {name: case for cases in TABLES.values() for name, case in cases.items()}


def test_every_case_has_a_name_of_its_own() -> None:
    assert len(CASES) == sum(map(len, TABLES.values()))
    assert set(BETTER) <= set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_call_fares_as_in_asyncio(name: str, new_loop: LoopFactory, tmp_path: Path, tls: Credentials) -> None:
    expected = outcome_of(CASES[name], asyncio.new_event_loop, tmp_path, tls)
    outcome = outcome_of(CASES[name], new_loop, tmp_path, tls)
    if name in BETTER:
        differences = outcome.differences(expected) and outcome.differences(expected.but(BETTER[name]))
    else:
        differences = outcome.differences(expected)
    assert not differences, "\n" + "\n".join(differences)
