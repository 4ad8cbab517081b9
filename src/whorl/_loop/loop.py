"""The event loop: the compiled scheduler before asyncio's own loop, and the few methods that differ."""

import asyncio
from typing import TYPE_CHECKING

from whorl import compat
from whorl._core import descriptors, sock
from whorl._core.call_soon import CALL_SOON
from whorl._core.scheduler import Scheduler
from whorl._loop import connect, dns, executor, fork, sendfile, server, signals, subprocess, tls
from whorl._loop.view import RegistryView


@compat.with_faces_of(asyncio.SelectorEventLoop)
class EventLoop(Scheduler, asyncio.SelectorEventLoop):  # type: ignore[misc]  # the bases agree at run time
    """asyncio's event loop, driven by epoll in compiled code.

    Every method does what the documentation of asyncio says, with asyncio's own checks and error texts where the work
    is asyncio's still. Make one with :func:`whorl.new_event_loop`, or let :func:`whorl.run` do it.

    Raises:
        OSError: the process has no descriptors left.

    Example::

        loop = whorl.EventLoop()
        try:
            loop.run_until_complete(main())
        finally:
            loop.close()
    """

    def __init__(self) -> None:
        try:
            super().__init__(RegistryView(self))
        except BaseException:
            self._close_registry()
            self._closed = True
            raise
        # The attributes that BaseEventLoop filled with containers of its own show what the scheduler works with.
        self.own_clock = type(self).time is not Scheduler.time  # a subclass may bring a clock for the timers
        self._ready = self.ready
        self._scheduled = self.timers
        self._children: dict[int, asyncio.SubprocessTransport] = {}
        fork.survive(self)

    def close(self) -> None:
        """Close the loop: what is queued is dropped, the default executor is told to end. Not while it runs."""
        super().close()
        subprocess.forget_children(self)

    def __del__(self) -> None:
        try:
            super().__del__()  # warns, and closes the loop
        finally:
            # Where warnings are errors it has only warned.
            if not self.is_closed() and not self.is_running():
                self.close()

    if not TYPE_CHECKING:  # with the types of the method that it stands for
        call_soon = CALL_SOON

    _ensure_fd_no_transport = descriptors.ensure_no_transport
    _has_transport = descriptors.has_transport
    _add_reader = descriptors.add_reader
    _add_writer = descriptors.add_writer
    _remove_reader = descriptors.remove_reader
    _remove_writer = descriptors.remove_writer
    _stop_watching = descriptors.stop_watching

    # "assignment", here and below: asyncio names the same parameters differently in its stubs.
    sock_recv = sock.sock_recv  # type: ignore[assignment]
    sock_recv_into = sock.sock_recv_into
    sock_recvfrom = sock.sock_recvfrom
    sock_recvfrom_into = sock.sock_recvfrom_into
    sock_accept = sock.sock_accept
    sock_sendall = sock.sock_sendall
    sock_sendto = sock.sock_sendto
    sock_connect = connect.sock_connect

    _ssock = signals.PipeEnd()
    _csock = signals.PipeEnd()
    _make_self_pipe = signals.make_self_pipe
    _close_self_pipe = signals.close_self_pipe

    run_in_executor = executor.run_in_executor  # type: ignore[assignment]
    getaddrinfo = dns.getaddrinfo  # type: ignore[assignment]

    create_connection = connect.create_connection  # type: ignore[assignment]
    create_unix_connection = connect.create_unix_connection  # type: ignore[assignment]
    create_datagram_endpoint = connect.create_datagram_endpoint
    create_server = server.create_server
    create_unix_server = server.create_unix_server

    _connect_sock = connect.connect_sock
    _create_connection_transport = connect.create_connection_transport
    _make_socket_transport = connect.make_socket_transport
    _make_datagram_transport = connect.make_datagram_transport
    _make_ssl_transport = tls.make_ssl_transport
    start_tls = tls.start_tls
    _start_serving = server.start_serving
    _stop_serving = server.stop_serving
    _sendfile_native = sendfile.sendfile_native
    _sock_sendfile_native = sendfile.sock_sendfile_native
    _make_subprocess_transport = subprocess.make_subprocess_transport
