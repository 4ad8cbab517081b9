# Frames with a length and an opcode over a stream, in the way websockets were first served on asyncio.
import asyncio
import struct
import collections

Frame = collections.namedtuple('Frame', 'fin opcode data')
OP_TEXT, OP_CLOSE, OP_PING, OP_PONG = 1, 8, 9, 10


@asyncio.coroutine
def read_frame(reader, mask):
    data = yield from read_bytes(reader, 2)
    head1, head2 = struct.unpack('!BB', data)
    length = head2 & 0b01111111
    if length == 126:
        data = yield from read_bytes(reader, 2)
        length, = struct.unpack('!H', data)
    if mask:
        mask_bits = yield from read_bytes(reader, 4)
    data = yield from read_bytes(reader, length)
    if mask:
        data = bytes(b ^ mask_bits[i % 4] for i, b in enumerate(data))
    return Frame(bool(head1 & 0x80), head1 & 0x0f, data)


@asyncio.coroutine
def read_bytes(reader, n):
    return (yield from reader.readexactly(n))


def write_frame(writer, opcode, data, mask=None):
    length = len(data)
    head2 = 0x80 if mask else 0
    if length < 126:
        writer.write(struct.pack('!BB', 0x80 | opcode, head2 | length))
    else:
        writer.write(struct.pack('!BBH', 0x80 | opcode, head2 | 126, length))
    if mask:
        writer.write(mask)
        data = bytes(b ^ mask[i % 4] for i, b in enumerate(data))
    writer.write(data)


class Peer:
    def __init__(self, reader, writer, client):
        self.reader, self.writer, self.client = reader, writer, client

    @asyncio.coroutine
    def recv(self):
        while True:
            frame = yield from read_frame(self.reader, mask=not self.client)
            if frame.opcode == OP_PING:
                yield from self.send(frame.data, OP_PONG)
            elif frame.opcode == OP_CLOSE:
                return None
            else:
                return frame

    @asyncio.coroutine
    def send(self, data, opcode=OP_TEXT):
        write_frame(self.writer, opcode, data, b'\x01\x02\x03\x04' if self.client else None)
        yield from self.writer.drain()


@asyncio.coroutine
def serve(reader, writer):
    peer = Peer(reader, writer, client=False)
    while True:
        frame = yield from peer.recv()
        if frame is None:
            break
        yield from peer.send(frame.data.upper())
    writer.close()


@asyncio.coroutine
def client(port):
    peer = Peer(*(yield from asyncio.open_connection('127.0.0.1', port)), client=True)
    yield from peer.send(b'hello')
    print((yield from peer.recv()))
    yield from peer.send(b'x' * 300)
    print(len((yield from peer.recv()).data))
    yield from peer.send(b'beat', OP_PING)
    print((yield from peer.recv()))
    yield from peer.send(b'', OP_CLOSE)
    try:
        yield from peer.recv()
    except asyncio.IncompleteReadError as exc:
        print('IncompleteReadError', exc.expected, exc.partial)
    peer.writer.close()

loop = asyncio.get_event_loop()
server = loop.run_until_complete(asyncio.start_server(serve, '127.0.0.1', 0))
loop.run_until_complete(client(server.sockets[0].getsockname()[1]))
server.close()
loop.run_until_complete(server.wait_closed())
loop.close()
