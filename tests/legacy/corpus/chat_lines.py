# A chat of lines: a server class whose methods are coroutines, and clients that talk in turn.
import asyncio


class ChatServer:

    def __init__(self, loop):
        self.loop = loop
        self.clients = {}
        self.server = None

    @asyncio.coroutine
    def start(self):
        self.server = yield from asyncio.start_server(self.client_connected, '127.0.0.1', 0, loop=self.loop)
        return self.server.sockets[0].getsockname()[1]

    def client_connected(self, reader, writer):
        # a plain function: it makes a task itself
        task = asyncio.Task(self.handle_client(reader, writer), loop=self.loop)
        self.clients[task] = writer

        def client_done(task):
            del self.clients[task]
            print('server: %d left' % len(self.clients))

        task.add_done_callback(client_done)

    @asyncio.coroutine
    def handle_client(self, reader, writer):
        name = (yield from reader.readline()).decode().strip()
        self.broadcast('* %s joined' % name)
        while True:
            data = yield from reader.readline()
            if not data:
                break
            line = data.decode().rstrip()
            if line == '/quit':
                break
            self.broadcast('%s: %s' % (name, line))
            yield from writer.drain()
        writer.close()

    def broadcast(self, line):
        for writer in self.clients.values():
            writer.write(line.encode() + b'\n')

    @asyncio.coroutine
    def stop(self):
        self.server.close()
        yield from self.server.wait_closed()


@asyncio.coroutine
def expect(reader, count):
    for _ in range(count):
        print('   ', (yield from reader.readline()).decode().rstrip())


@asyncio.coroutine
def main(loop):
    server = ChatServer(loop)
    port = yield from server.start()
    r1, w1 = yield from asyncio.open_connection('127.0.0.1', port)
    w1.write(b'ann\n')
    yield from expect(r1, 1)
    r2, w2 = yield from asyncio.open_connection('127.0.0.1', port)
    w2.writelines([b'bob\n', b'hi ', b'all\n'])
    yield from expect(r1, 2)
    yield from expect(r2, 2)
    w1.write(b'/quit\n')
    print('ann:', (yield from r1.read()))
    w1.close()
    w2.write_eof()
    print('bob:', (yield from r2.read()))
    w2.close()
    while server.clients:
        yield from asyncio.sleep(0.01)
    yield from server.stop()


loop = asyncio.get_event_loop()
try:
    loop.run_until_complete(main(loop))
finally:
    loop.close()
