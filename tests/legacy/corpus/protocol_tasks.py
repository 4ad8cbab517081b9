# Protocols whose callbacks start tasks; a proxy between two connections; a timeout for those who say nothing.
import asyncio
import collections


class Upper(asyncio.Protocol):
    timeout = 0.5

    def __init__(self, loop, log):
        self.loop = loop
        self.log = log
        self.handle = None

    def connection_made(self, transport):
        self.transport = transport
        self.handle = self.loop.call_later(self.timeout, self.timed_out)

    def timed_out(self):
        self.log.append('silent')
        self.transport.close()

    def data_received(self, data):
        self.handle.cancel()
        asyncio.async(self.answer(data), loop=self.loop)

    @asyncio.coroutine
    def answer(self, data):
        yield from asyncio.sleep(0.001, loop=self.loop)
        self.transport.write(data.upper())

    def connection_lost(self, exc):
        self.handle.cancel()
        self.log.append('lost')


class ProxyClient(asyncio.Protocol):
    def __init__(self, server_side):
        self.server_side = server_side

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.server_side.transport.write(b'<' + data + b'>')

    def connection_lost(self, exc):
        self.server_side.transport.close()


class Proxy(asyncio.Protocol):
    address = None

    def connection_made(self, transport):
        self.transport = transport
        self.pending = collections.deque()
        self.client = None

    @asyncio.coroutine
    def connect(self):
        loop = asyncio.get_event_loop()
        transport, self.client = yield from loop.create_connection(lambda: ProxyClient(self), *self.address)
        while self.pending:
            transport.write(self.pending.popleft())

    def data_received(self, data):
        if self.client is not None:
            self.client.transport.write(data)
            return
        self.pending.append(data)
        if len(self.pending) == 1:
            asyncio.async(self.connect()).add_done_callback(self.connected)

    def connected(self, task):
        task.result()

    def connection_lost(self, exc):
        if self.client is not None:
            self.client.transport.close()


@asyncio.coroutine
def main(loop):
    log = []
    upper = yield from loop.create_server(lambda: Upper(loop, log), '127.0.0.1', 0)
    Proxy.address = upper.sockets[0].getsockname()
    proxy = yield from loop.create_server(Proxy, '127.0.0.1', 0)
    reader, writer = yield from asyncio.open_connection(*proxy.sockets[0].getsockname())
    for word in (b'one', b'two'):
        writer.write(word)
        print((yield from reader.readuntil(b'>')))
    writer.close()
    while not log:
        yield from asyncio.sleep(0.01)
    reader, writer = yield from asyncio.open_connection(*Proxy.address)
    print((yield from reader.read()))
    writer.close()
    while len(log) < 3:
        yield from asyncio.sleep(0.01)
    print(log)
    for server in (proxy, upper):
        server.close()
        yield from server.wait_closed()


loop = asyncio.get_event_loop()
loop.run_until_complete(main(loop))
loop.close()
