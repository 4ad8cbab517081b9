# TCP echo with streams over loopback: server and client in one program.
import asyncio


@asyncio.coroutine
def handle_echo(reader, writer):
    data = yield from reader.read(100)
    message = data.decode()
    addr = writer.get_extra_info('peername')
    print("Received %r from %r" % (message, addr[0]))
    print("Send: %r" % message)
    writer.write(data)
    yield from writer.drain()
    print("Close the client socket")
    writer.close()


@asyncio.coroutine
def tcp_echo_client(message, port, loop):
    reader, writer = yield from asyncio.open_connection('127.0.0.1', port, loop=loop)
    writer.write(message.encode())
    data = yield from reader.read(100)
    print('Client got: %r' % data.decode())
    rest = yield from reader.read()
    print('then %r, at eof: %s' % (rest, reader.at_eof()))
    writer.close()


loop = asyncio.get_event_loop()
coro = asyncio.start_server(handle_echo, '127.0.0.1', 0, loop=loop)
server = loop.run_until_complete(coro)
port = server.sockets[0].getsockname()[1]
print('Serving on', server.sockets[0].getsockname()[0])

for message in ['Hello World!', 'second']:
    loop.run_until_complete(tcp_echo_client(message, port, loop))

server.close()
loop.run_until_complete(server.wait_closed())
loop.close()
