# Pipes: connect_read_pipe and connect_write_pipe with streams.
import asyncio
import os


@asyncio.coroutine
def pipe_reader(loop, fd):
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport, _ = yield from loop.connect_read_pipe(lambda: protocol, os.fdopen(fd, 'rb', 0))
    lines = []
    while True:
        line = yield from reader.readline()
        if not line:
            break
        lines.append(line.decode().strip())
    transport.close()
    return lines


@asyncio.coroutine
def pipe_writer(loop, fd):
    transport, protocol = yield from loop.connect_write_pipe(
        asyncio.streams.FlowControlMixin, os.fdopen(fd, 'wb', 0))
    writer = asyncio.StreamWriter(transport, protocol, None, loop)
    for word in ('alpha', 'beta', 'gamma'):
        writer.write(word.encode() + b'\n')
        yield from writer.drain()
        yield from asyncio.sleep(0.01)
    writer.close()
    return 'written'


def readable(loop, fd, chunks):
    data = os.read(fd, 100)
    chunks.append(data)
    if not data:
        loop.remove_reader(fd)
        loop.stop()


loop = asyncio.get_event_loop()
r, w = os.pipe()
print(loop.run_until_complete(asyncio.gather(pipe_reader(loop, r), pipe_writer(loop, w))))

r, w = os.pipe()
chunks = []
loop.add_reader(r, readable, loop, r, chunks)
os.write(w, b'raw')
loop.call_later(0.02, os.close, w)
loop.run_forever()
print(chunks)
os.close(r)
loop.close()
