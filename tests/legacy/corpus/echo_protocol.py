# Echo server and client as protocols, with callbacks and a future for the end.
import asyncio


events = []


class EchoServer(asyncio.Protocol):
    def connection_made(self, transport):
        peername = transport.get_extra_info('peername')
        print('Connection from {}'.format(peername[0]))
        self.transport = transport

    def data_received(self, data):
        print('Data received: {!r}'.format(data.decode()))
        self.transport.write(data.upper())

    def eof_received(self):
        events.append('eof')

    def connection_lost(self, exc):
        events.append('lost %s' % exc)


class EchoClient(asyncio.Protocol):
    def __init__(self, messages, done):
        self.messages = iter(messages)
        self.done = done

    def connection_made(self, transport):
        self.transport = transport
        self.send_next()

    def send_next(self):
        message = next(self.messages, None)
        if message is None:
            self.transport.close()
        else:
            self.transport.write(message.encode())

    def data_received(self, data):
        print('Client: {}'.format(data.decode()))
        self.send_next()

    def connection_lost(self, exc):
        print('client: lost', exc)
        self.done.set_result('bye')


def main():
    loop = asyncio.get_event_loop()
    server = loop.run_until_complete(loop.create_server(EchoServer, '127.0.0.1', 0))
    port = server.sockets[0].getsockname()[1]
    done = asyncio.Future()
    factory = lambda: EchoClient(['one', 'two'], done)
    transport, protocol = loop.run_until_complete(loop.create_connection(factory, '127.0.0.1', port))
    try:
        print(loop.run_until_complete(done))
        print('same:', protocol.transport is transport, isinstance(transport, asyncio.Transport))
        while len(events) < 2:
            loop.run_until_complete(asyncio.sleep(0.01))
        print('server:', events)
    finally:
        server.close()
        loop.run_until_complete(server.wait_closed())
        loop.close()


if __name__ == '__main__':
    main()
