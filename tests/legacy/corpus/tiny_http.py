# A tiny HTTP server and a client that knows just enough, over loopback.
import asyncio
from urllib.parse import urlsplit

PAGES = {'/': b'<h1>home</h1>', '/about': b'about us'}


class HttpError(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


@asyncio.coroutine
def read_headers(reader):
    headers = {}
    while True:
        line = yield from reader.readline()
        if line in (b'\r\n', b'\n', b''):
            return headers
        name, _, value = line.decode('latin-1').partition(':')
        headers[name.lower()] = value.strip()


def respond(path):
    if path == '/slow':
        yield from asyncio.sleep(0.05)
        return b'finally'
    try:
        return PAGES[path]
    except KeyError:
        raise HttpError(404) from None


@asyncio.coroutine
def handle(reader, writer):
    request = yield from reader.readline()
    method, path, version = request.decode().split()
    headers = yield from read_headers(reader)
    try:
        status, body = 200, (yield from respond(path))
    except HttpError as err:
        status, body = err.code, b'not found'
    writer.write('HTTP/1.0 {} X\r\nContent-Length: {}\r\n\r\n'.format(status, len(body)).encode())
    writer.write(body)
    yield from writer.drain()
    writer.close()


@asyncio.coroutine
def get(url):
    parts = urlsplit(url)
    reader, writer = yield from asyncio.open_connection(parts.hostname, parts.port)
    query = 'GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n'.format(path=parts.path or '/', host=parts.hostname)
    writer.write(query.encode('latin-1'))
    status_line = yield from reader.readline()
    code = int(status_line.split()[1])
    headers = yield from read_headers(reader)
    body = yield from reader.readexactly(int(headers['content-length']))
    writer.close()
    return code, body


@asyncio.coroutine
def crawl(base, paths):
    pages = yield from asyncio.gather(*[asyncio.async(get(base + path)) for path in paths])
    for path, (code, body) in zip(paths, pages):
        print('{:8} {} {}'.format(path, code, body.decode()))


loop = asyncio.get_event_loop()
server = loop.run_until_complete(asyncio.start_server(handle, '127.0.0.1', 0))
base = 'http://127.0.0.1:%d' % server.sockets[0].getsockname()[1]
loop.run_until_complete(crawl(base, ['/slow', '/', '/about', '/none']))
server.close()
loop.run_until_complete(server.wait_closed())
loop.close()
