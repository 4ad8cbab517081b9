# Unix domain sockets by streams; reading in every way that a StreamReader has.
import asyncio
import os
import tempfile


@asyncio.coroutine
def serve(reader, writer):
    header = yield from reader.readuntil(b'|')
    size = int(header[:-1])
    body = yield from reader.readexactly(size)
    rest = yield from reader.read(-1)
    writer.writelines([header, body[::-1], b'\n', rest])
    if writer.can_write_eof():
        writer.write_eof()
    yield from writer.drain()
    writer.close()


@asyncio.coroutine
def talk(path):
    reader, writer = yield from asyncio.open_unix_connection(path)
    writer.write(b'5|hello')
    yield from asyncio.sleep(0.01)
    writer.write(b'the rest')
    writer.write_eof()
    print((yield from reader.readline()), reader.at_eof())
    print((yield from reader.read(3)))
    print((yield from reader.read()))
    writer.close()


@asyncio.coroutine
def by_hand():
    reader = asyncio.StreamReader(limit=8)
    reader.feed_data(b'abc\ndef')
    print((yield from reader.readline()))
    try:
        yield from reader.readexactly(10) if reader.at_eof() else asyncio.wait_for(reader.readexactly(10), 0.01)
    except asyncio.TimeoutError:
        print('not enough')
    reader.feed_data(b'ghijklmnopqrstuvwxyz')
    try:
        yield from reader.readline()
    except ValueError as exc:
        print('ValueError')
    reader = asyncio.StreamReader()
    reader.feed_data(b'par')
    reader.feed_eof()
    try:
        yield from reader.readexactly(4)
    except asyncio.IncompleteReadError as exc:
        print(exc.partial, exc.expected)


loop = asyncio.get_event_loop()
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'socket')
    server = loop.run_until_complete(asyncio.start_unix_server(serve, path))
    loop.run_until_complete(talk(path))
    server.close()
    loop.run_until_complete(server.wait_closed())
loop.run_until_complete(by_hand())
loop.close()
