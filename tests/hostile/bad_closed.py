"""Calls on a closed loop: every public method."""

import asyncio
import signal
from typing import Any

from .outcome import Bench, Case

Protocol = asyncio.Protocol


def on_closed(call: Any) -> Case:
    """Make a call on a closed loop; what it is made with is put up before."""

    def case(bench: Bench) -> object:
        loop = bench.loop
        loop.close()
        return call(bench, loop)

    return case


def step(make: Any) -> Case:
    """Take the first step of a coroutine on a closed loop."""
    return on_closed(lambda bench, loop: bench.drive(make(bench, loop)))


def running(bench: Bench, loop: Any) -> object:
    coroutine = bench.coroutine()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        coroutine.close()


def task(bench: Bench, loop: Any) -> object:
    coroutine = bench.coroutine()
    try:
        return loop.create_task(coroutine)
    finally:
        coroutine.close()


def tls_upgrade(bench: Bench) -> object:
    transport = bench.connected()
    bench.loop.close()
    return bench.drive(bench.loop.start_tls(transport, Protocol(), bench.tls.client, server_hostname="x"))


def write_to_orphan(bench: Bench) -> object:
    transport = bench.connected()
    bench.loop.close()
    return transport.write(b"x")


CASES: dict[str, Case] = {
    "run_forever on a closed loop": on_closed(lambda b, loop: loop.run_forever()),
    "run_until_complete on a closed loop": on_closed(running),
    "stop on a closed loop": on_closed(lambda b, loop: loop.stop()),
    "is_running on a closed loop": on_closed(lambda b, loop: loop.is_running()),
    "is_closed on a closed loop": on_closed(lambda b, loop: loop.is_closed()),
    "close on a closed loop": on_closed(lambda b, loop: loop.close()),
    "time on a closed loop": on_closed(lambda b, loop: loop.time()),
    "get_debug on a closed loop": on_closed(lambda b, loop: loop.get_debug()),
    "set_debug on a closed loop": on_closed(lambda b, loop: loop.set_debug(True)),
    "call_soon on a closed loop": on_closed(lambda b, loop: loop.call_soon(b.call)),
    "call_soon_threadsafe on a closed loop": on_closed(lambda b, loop: loop.call_soon_threadsafe(b.call)),
    "call_later on a closed loop": on_closed(lambda b, loop: loop.call_later(1, b.call)),
    "call_later with None on a closed loop": on_closed(lambda b, loop: loop.call_later(None, b.call)),
    "call_at on a closed loop": on_closed(lambda b, loop: loop.call_at(1, b.call)),
    "create_future on a closed loop": on_closed(lambda b, loop: loop.create_future()),
    "create_task on a closed loop": on_closed(task),
    "set_task_factory on a closed loop": on_closed(lambda b, loop: loop.set_task_factory(None)),
    "get_task_factory on a closed loop": on_closed(lambda b, loop: loop.get_task_factory()),
    "set_exception_handler on a closed loop": on_closed(lambda b, loop: loop.set_exception_handler(None)),
    "call_exception_handler on a closed loop": on_closed(lambda b, loop: loop.call_exception_handler({"message": "x"})),
    "run_in_executor on a closed loop": on_closed(lambda b, loop: loop.run_in_executor(None, b.call)),
    "set_default_executor on a closed loop": on_closed(lambda b, loop: loop.set_default_executor(None)),
    "add_reader on a closed loop": on_closed(lambda b, loop: loop.add_reader(b.sock(), b.call)),
    "add_writer on a closed loop": on_closed(lambda b, loop: loop.add_writer(b.sock(), b.call)),
    "remove_reader on a closed loop": on_closed(lambda b, loop: loop.remove_reader(b.sock())),
    "remove_writer on a closed loop": on_closed(lambda b, loop: loop.remove_writer(b.sock())),
    "add_signal_handler on a closed loop": on_closed(lambda b, loop: loop.add_signal_handler(signal.SIGUSR1, b.call)),
    "remove_signal_handler on a closed loop": on_closed(lambda b, loop: loop.remove_signal_handler(signal.SIGUSR1)),
    "sock_recv on a closed loop": step(lambda b, loop: loop.sock_recv(b.sock(), 10)),
    "sock_recv_into on a closed loop": step(lambda b, loop: loop.sock_recv_into(b.sock(), bytearray(10))),
    "sock_recvfrom on a closed loop": step(lambda b, loop: loop.sock_recvfrom(b.udp(), 10)),
    "sock_recvfrom_into on a closed loop": step(lambda b, loop: loop.sock_recvfrom_into(b.udp(), bytearray(10))),
    "sock_accept on a closed loop": step(lambda b, loop: loop.sock_accept(b.listening())),
    "sock_connect on a closed loop": step(lambda b, loop: loop.sock_connect(b.tcp(), b.listening().getsockname())),
    "sock_connect by name on a closed loop": step(lambda b, loop: loop.sock_connect(b.tcp(), ("localhost", 9))),
    "create_connection on a closed loop": step(
        lambda b, loop: loop.create_connection(Protocol, "127.0.0.1", b.listening().getsockname()[1])
    ),
    "create_connection by name on a closed loop": step(
        lambda b, loop: loop.create_connection(Protocol, "localhost", 9)
    ),
    "create_connection on a socket on a closed loop": step(
        lambda b, loop: loop.create_connection(Protocol, sock=b.sock())
    ),
    "create_unix_connection on a closed loop": step(
        lambda b, loop: loop.create_unix_connection(Protocol, "/no/such/file")
    ),
    "connect_accepted_socket on a closed loop": step(lambda b, loop: loop.connect_accepted_socket(Protocol, b.sock())),
    "create_server by name on a closed loop": step(lambda b, loop: loop.create_server(Protocol, "localhost", 0)),
    "create_datagram_endpoint on a closed loop": step(
        lambda b, loop: loop.create_datagram_endpoint(Protocol, local_addr=("127.0.0.1", 0))
    ),
    "start_tls on a closed loop": tls_upgrade,
    "getaddrinfo on a closed loop": step(lambda b, loop: loop.getaddrinfo("localhost", 80)),
    "getnameinfo on a closed loop": step(lambda b, loop: loop.getnameinfo(("127.0.0.1", 80))),
    "connect_read_pipe on a closed loop": step(lambda b, loop: loop.connect_read_pipe(Protocol, b.file())),
    "shutdown_asyncgens on a closed loop": step(lambda b, loop: loop.shutdown_asyncgens()),
    "shutdown_default_executor on a closed loop": step(lambda b, loop: loop.shutdown_default_executor()),
    "transport.write on a closed loop": write_to_orphan,
}
