# Subprocesses in every form of the documentation.
import asyncio
import asyncio.subprocess
import sys
from asyncio.subprocess import PIPE, STDOUT


@asyncio.coroutine
def get_lines():
    code = 'for n in range(3): print("line", n)'
    create = asyncio.create_subprocess_exec(sys.executable, '-c', code, stdout=asyncio.subprocess.PIPE)
    proc = yield from create
    while True:
        line = yield from proc.stdout.readline()
        if not line:
            break
        print('got', line.decode('ascii').rstrip())
    yield from proc.wait()
    return proc.returncode


@asyncio.coroutine
def feed(text):
    proc = yield from asyncio.create_subprocess_exec('tr', 'a-z', 'A-Z', stdin=PIPE, stdout=PIPE)
    out, err = yield from proc.communicate(text)
    return out, err


@asyncio.coroutine
def getstatusoutput(cmd):
    proc = yield from asyncio.create_subprocess_shell(cmd, stdout=PIPE, stderr=STDOUT)
    try:
        stdout, _ = yield from proc.communicate()
    except:
        proc.kill()
        yield from proc.wait()
        raise
    exitcode = yield from proc.wait()
    return (exitcode, stdout)


@asyncio.coroutine
def too_long(loop):
    proc = yield from asyncio.create_subprocess_exec('sleep', '100', loop=loop)
    try:
        yield from asyncio.wait_for(proc.wait(), 0.05, loop=loop)
    except asyncio.TimeoutError:
        proc.terminate()
        print('terminated', (yield from proc.wait()))


class Collect(asyncio.SubprocessProtocol):
    def __init__(self, exit_future):
        self.exit_future = exit_future
        self.output = bytearray()

    def pipe_data_received(self, fd, data):
        self.output.extend(data)

    def process_exited(self):
        self.exit_future.set_result(True)


@asyncio.coroutine
def by_protocol(loop):
    exit_future = asyncio.Future(loop=loop)
    create = loop.subprocess_exec(lambda: Collect(exit_future), 'echo', 'by protocol', stdin=None, stderr=None)
    transport, protocol = yield from create
    yield from exit_future
    yield from asyncio.sleep(0.2)
    transport.close()
    return bytes(protocol.output).decode().rstrip()


loop = asyncio.get_event_loop()
print(loop.run_until_complete(get_lines()))
print(loop.run_until_complete(feed(b'shout')))
print(loop.run_until_complete(getstatusoutput('echo out; echo err >&2; exit 3')))
loop.run_until_complete(too_long(loop))
print(loop.run_until_complete(by_protocol(loop)))
loop.close()
