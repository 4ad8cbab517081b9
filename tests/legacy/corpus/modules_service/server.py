import asyncio
import logging

from commands_ import dispatch

log = logging.getLogger(__name__)


class Server:
    def __init__(self, settings, *, loop):
        self.host = settings.HOST
        self.backlog = settings.BACKLOG
        self.loop = loop

    @asyncio.coroutine
    def start(self):
        self.server = yield from asyncio.start_server(self.handle, self.host, 0, backlog=self.backlog, loop=self.loop)
        log.info('listening, backlog=%s', self.backlog)
        return self.server.sockets[0].getsockname()[1]

    @asyncio.coroutine
    def handle(self, reader, writer):
        line = yield from reader.readline()
        try:
            answer = yield from dispatch(line.decode().strip())
        except LookupError as exc:
            log.warning('unknown command %s', exc)
            answer = 'error'
        writer.write(answer.encode() + b'\n')
        yield from writer.drain()
        writer.close()

    def stop(self):
        self.server.close()
        yield from self.server.wait_closed()
        log.info('stopped')
