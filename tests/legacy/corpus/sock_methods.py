# Sockets by hand: sock_accept, sock_connect, sock_recv, sock_sendall.
import asyncio
import socket


@asyncio.coroutine
def serve(loop, listener, count):
    for _ in range(count):
        conn, addr = yield from loop.sock_accept(listener)
        conn.setblocking(False)
        loop.create_task(talk(loop, conn))


def talk(loop, conn):
    while True:
        data = yield from loop.sock_recv(conn, 1024)
        if not data:
            break
        yield from loop.sock_sendall(conn, b'<' + data + b'>')
    conn.close()


@asyncio.coroutine
def ask(loop, address, words):
    sock = socket.socket()
    sock.setblocking(False)
    answers = []
    try:
        yield from loop.sock_connect(sock, address)
        for word in words:
            yield from loop.sock_sendall(sock, word)
            answers.append((yield from loop.sock_recv(sock, 1024)))
    finally:
        sock.close()
    return answers


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(('127.0.0.1', 0))
listener.listen(5)
listener.setblocking(False)

loop = asyncio.get_event_loop()
server = loop.create_task(serve(loop, listener, 2))
for words in ([b'a', b'bb'], [b'ccc']):
    print(loop.run_until_complete(ask(loop, listener.getsockname(), words)))
loop.run_until_complete(server)
infos = loop.run_until_complete(loop.getaddrinfo('127.0.0.1', 80, type=socket.SOCK_STREAM))
print(infos[0][4])
loop.run_until_complete(asyncio.sleep(0.02))
listener.close()
loop.close()
