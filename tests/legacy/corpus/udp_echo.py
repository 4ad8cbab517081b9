# UDP echo, by datagram protocols.
import asyncio


class EchoServerProtocol:
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        message = data.decode()
        print('Received %r from %s' % (message, addr[0]))
        self.transport.sendto(data[::-1], addr)

    def connection_lost(self, exc):
        pass


class EchoClientProtocol(asyncio.DatagramProtocol):
    def __init__(self, message, loop):
        self.message = message
        self.loop = loop
        self.transport = None

    def connection_made(self, transport):
        self.transport = transport
        print('Send:', self.message)
        self.transport.sendto(self.message.encode())

    def datagram_received(self, data, addr):
        print("Received:", data.decode())
        self.transport.close()

    def error_received(self, exc):
        print('Error received:', exc)

    def connection_lost(self, exc):
        print("Socket closed, stop the event loop")
        loop = asyncio.get_event_loop()
        loop.stop()


loop = asyncio.get_event_loop()
print("Starting UDP server")
listen = loop.create_datagram_endpoint(EchoServerProtocol, local_addr=('127.0.0.1', 0))
server_transport, protocol = loop.run_until_complete(listen)
address = server_transport.get_extra_info('sockname')

connect = loop.create_datagram_endpoint(lambda: EchoClientProtocol("Hello World!", loop), remote_addr=address)
transport, protocol = loop.run_until_complete(connect)
loop.run_forever()
server_transport.close()
loop.run_until_complete(asyncio.sleep(0))
loop.close()
