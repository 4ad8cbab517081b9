# The shape of countless examples: a server that serves until Ctrl-C, with the cleanup behind.
import asyncio
import os
import signal
import threading


@asyncio.coroutine
def handle_echo(reader, writer):
    while True:
        data = yield from reader.read(100)
        if not data:
            break
        writer.write(data)
        yield from writer.drain()
    writer.close()


@asyncio.coroutine
def client(port):
    reader, writer = yield from asyncio.open_connection('127.0.0.1', port)
    for word in (b'spam', b'eggs'):
        writer.write(word)
        print('got', (yield from reader.readexactly(len(word))))
    writer.close()
    # what somebody at a terminal would do
    threading.Timer(0.05, os.kill, [os.getpid(), signal.SIGINT]).start()


loop = asyncio.get_event_loop()
coro = asyncio.start_server(handle_echo, '127.0.0.1', 0, loop=loop)
server = loop.run_until_complete(coro)
task = loop.create_task(client(server.sockets[0].getsockname()[1]))

# Serve requests until Ctrl+C is pressed
print('Serving on {}'.format(server.sockets[0].getsockname()[0]))
try:
    loop.run_forever()
except KeyboardInterrupt:
    print('Ctrl-C')

# Close the server
server.close()
loop.run_until_complete(server.wait_closed())
print('task', task.done(), task.exception())
loop.close()
