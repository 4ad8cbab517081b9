"""Forks: parent and child may both go on with a loop, and neither disturbs the other."""

from .support import run_script, whorl_only

PARTING = """
def in_child(work):
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:
        import traceback
        traceback.print_exc()
        os._exit(1)
    os._exit(0)

def ended_well(pid):
    return os.waitpid(pid, 0)[1] == 0

loop = new_loop()
"""


def test_parent_and_child_go_on_with_the_same_loop() -> None:
    said = run_script(
        PARTING
        + """
import threading
shared, peer = socket.socketpair()
transport, _ = loop.run_until_complete(loop.create_connection(asyncio.Protocol, sock=shared))
rounds = []
loop.call_later(0.01, rounds.append, "a timer")

async def exercise():
    one, other = socket.socketpair()
    one.setblocking(False)
    with one, other:
        for number in range(50):
            other.send(b"%d" % number)
            assert await loop.sock_recv(one, 100) == b"%d" % number
    await asyncio.sleep(0.02)
    assert rounds == ["a timer"]
    count = []
    thread = threading.Thread(target=lambda: [loop.call_soon_threadsafe(count.append, 1) for _ in range(1000)])
    thread.start()
    await until(lambda: len(count) == 1000)
    thread.join()

def child():
    loop.run_until_complete(exercise())
    transport.abort()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()

pid = in_child(child)
loop.run_until_complete(exercise())
assert ended_well(pid)
loop.run_until_complete(exercise())
transport.write(b"still here")
assert peer.recv(100) == b"still here"
transport.close()
loop.run_until_complete(asyncio.sleep(0))
peer.close()
loop.close()
print("fine")
"""
    )
    assert said == "fine\n"


@whorl_only
def test_what_was_written_before_a_fork_is_sent_once() -> None:
    said = run_script(
        PARTING
        + """
ours, peer = socket.socketpair()
class Forks(asyncio.Protocol):
    def data_received(self, data):
        transport.write(b"once,")
        if os.fork() == 0:
            raise SystemExit
        os.wait()
        transport.write(b"and again")
        transport.close()
transport, _ = loop.run_until_complete(loop.create_connection(Forks, sock=ours))
peer.send(b"go")
try:
    loop.run_until_complete(asyncio.wait_for(until(lambda: ours.fileno() < 0), 10))
except SystemExit:
    os._exit(0)
print(read_all(peer).decode())
peer.close()
loop.close()
"""
    )
    assert said == "once,and again\n"


def test_a_child_of_a_running_loop_may_run_a_loop_of_its_own() -> None:
    said = run_script(
        PARTING
        + """
def child():
    asyncio.run(asyncio.sleep(0.001))
    other = new_loop()
    other.run_until_complete(asyncio.sleep(0.001))
    other.close()

async def main():
    pid = in_child(child)
    await asyncio.sleep(0.001)
    assert await loop.run_in_executor(None, ended_well, pid)
    await loop.shutdown_default_executor()
    return "fine"

print(loop.run_until_complete(main()))
loop.close()
"""
    )
    assert said == "fine\n"


@whorl_only
def test_signal_handlers_of_the_loop_work_in_the_child_and_stay_apart() -> None:
    said = run_script(
        PARTING
        + """
import signal
heard = []
loop.add_signal_handler(signal.SIGUSR1, heard.append, 1)

def child():
    os.kill(os.getpid(), signal.SIGUSR1)
    loop.run_until_complete(until(lambda: heard))

pid = in_child(child)
assert ended_well(pid)
loop.run_until_complete(asyncio.sleep(0.01))
assert heard == []
os.kill(os.getpid(), signal.SIGUSR1)
loop.run_until_complete(until(lambda: heard))
loop.close()
print("fine")
"""
    )
    assert said == "fine\n"
