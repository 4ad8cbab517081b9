# Streams and protocols on Trollius.
import trollius
from trollius import From, Return


@trollius.coroutine
def handle(reader, writer):
    line = yield From(reader.readline())
    writer.write(line.upper())
    yield From(writer.drain())
    writer.close()


class Client(trollius.Protocol):
    def __init__(self, message, loop):
        self.message = message
        self.loop = loop

    def connection_made(self, transport):
        transport.write(self.message)

    def data_received(self, data):
        print('Data received: %r' % data)

    def connection_lost(self, exc):
        print('The server closed the connection')
        self.loop.stop()


@trollius.coroutine
def ask(port, text):
    reader, writer = yield From(trollius.open_connection('127.0.0.1', port))
    try:
        writer.write(text + b'\n')
        answer = yield From(reader.readline())
    finally:
        writer.close()
    raise Return(answer.decode().strip())


loop = trollius.get_event_loop()
server = loop.run_until_complete(trollius.start_server(handle, '127.0.0.1', 0))
port = server.sockets[0].getsockname()[1]
print(loop.run_until_complete(ask(port, b'first')))
print(loop.run_until_complete(trollius.gather(ask(port, b'a'), ask(port, b'b'))))
coro = loop.create_connection(lambda: Client(b'bye\n', loop), '127.0.0.1', port)
loop.run_until_complete(coro)
loop.run_forever()
server.close()
loop.run_until_complete(server.wait_closed())
loop.close()
