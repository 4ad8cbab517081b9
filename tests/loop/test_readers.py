"""add_reader and add_writer: a number that was given out again belongs to the new file alone."""

import asyncio
import socket

from .support import run_script, turn, whorl_only


@whorl_only
def test_a_file_that_lives_on_elsewhere_does_not_call_the_new_owner_of_its_number(
    loop: asyncio.AbstractEventLoop,
) -> None:
    old, old_peer = socket.socketpair()
    number = old.fileno()
    loop.add_reader(number, print)
    duplicate = old.dup()
    old.close()  # without remove_reader
    new, new_peer = socket.socketpair()
    calls: list[str] = []
    with duplicate, old_peer, new, new_peer:
        assert number in (new.fileno(), new_peer.fileno())
        loop.add_reader(number, calls.append, "called")
        old_peer.send(b"x")
        for _ in range(5):
            turn(loop)
        assert calls == []
        loop.remove_reader(number)


@whorl_only
def test_a_number_that_is_no_descriptor_is_an_error_and_costs_no_memory() -> None:
    said = run_script(
        """
        import resource

        loop = new_loop()
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        for number in (10**6, 10**8, 2**31 - 1):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            try:
                loop.add_reader(number, print)
            except OSError as error:
                print(error.errno, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4000)
            except MemoryError:
                print("out of memory")
        loop.close()
        """
    )
    assert said == "9 True\n" * 3
