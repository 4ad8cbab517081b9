import asyncio

from settings import HOST


@asyncio.coroutine
def ask(port, line, loop=None):
    reader, writer = yield from asyncio.open_connection(HOST, port, loop=loop)
    writer.write(line.encode() + b'\n')
    answer = yield from reader.read()
    writer.close()
    return answer.decode().strip()


def ask_all(port, lines, **options):
    answers = []
    for line in lines:
        answers.append((yield from ask(port, line, **options)))
    return answers
