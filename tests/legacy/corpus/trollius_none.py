# Trollius's way to give others a turn: From(None), or a bare yield.
import trollius
from trollius import From, Return

order = []


@trollius.coroutine
def nothing():
    yield From(None)
    raise Return()


@trollius.coroutine
def bare():
    if False:
        yield From(None)
    raise Return


@trollius.coroutine
def worker(name, turns):
    for turn in range(turns):
        order.append(name + str(turn))
        yield From(None)
    raise Return(name)


@trollius.coroutine
def main():
    print((yield From(nothing())), (yield From(bare())))
    tasks = [trollius.ensure_future(worker(name, 3)) for name in 'ab']
    done, pending = yield From(trollius.wait(tasks))
    print(sorted(task.result() for task in done), order)
    yield
    yield From(trollius.sleep(0))


loop = trollius.get_event_loop()
loop.run_until_complete(main())
loop.close()
