# Python 2 with Trollius: a server of lines, dict methods, a callback that is old enough to be a lambda with a tuple.
import trollius
from trollius import From, Return, Task


class Counter(trollius.Protocol):
    counts = {}

    def connection_made(self, transport):
        self.transport = transport
        self.rest = b''

    def data_received(self, data):
        lines = (self.rest + data).split(b'\n')
        self.rest = lines.pop()
        for line in lines:
            word = line.decode('ascii')
            self.counts[word] = self.counts.get(word, 0) + 1
            self.transport.write(b'%s %d\n' % (line, self.counts[word]))


@trollius.coroutine
def client(port, words):
    reader, writer = yield From(trollius.open_connection('127.0.0.1', port))
    answers = []
    for word in words:
        writer.write(word.encode('ascii') + b'\n')
        line = yield From(reader.readline())
        answers.append(line.decode('ascii').rstrip())
    writer.close()
    raise Return(answers)


def finished(task):
    print "task is done:", task.done()


def main():
    loop = trollius.new_event_loop()
    trollius.set_event_loop(loop)
    server = loop.run_until_complete(loop.create_server(Counter, '127.0.0.1', 0))
    port = server.sockets[0].getsockname()[1]
    for words in ['spam', 'eggs', 'spam'], ['spam']:
        task = Task(client(port, words), loop=loop)
        task.add_done_callback(finished)
        print ', '.join(map(str, loop.run_until_complete(task)))
    items = Counter.counts.items()
    items.sort(key=lambda (word, count): (-count, word))
    for word, count in items:
        print '%-5s %d' % (word, count)
    server.close()
    loop.run_until_complete(server.wait_closed())
    loop.close()


main()
