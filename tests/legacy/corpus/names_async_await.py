# In 3.6 "async" and "await" were still names like any other.
import asyncio


class Connection:
    async = True

    def __init__(self, await=None, async=False):
        self.await = await
        self.async = async

    def await_(self):
        return self.await

    def call(self, *, async=False, **options):
        return 'async' if async else 'sync', sorted(options.items())


def defer(async):
    return async * 2


async = [defer(async) for async in range(3)]
await = {'await': 1}
print(async, await, Connection.async, async[-1], await['await'])

conn = Connection(await=5, async='yes')
print(conn.await, conn.async, conn.await_(), getattr(conn, 'async'), hasattr(conn, 'await'))
print(conn.call(async=True), conn.call(await=3))
print(f'{async} {conn.async!r:>8} {await["await"]:03d} {{async}}')
for async in 'ab':
    for await in 'cd':
        print(async + await, end=' ')
print()
lam = lambda async, await=1: async + await
print(lam(1), lam(async=2, await=3))
print(sorted(vars(conn)), Connection.__init__.__code__.co_varnames)


@asyncio.coroutine
def pending():
    global async
    async = 'changed'
    with open(__file__) as await:
        line = await.readline().strip()
    print(line)
    task = asyncio.async(later(async=1))
    return (yield from task)


@asyncio.coroutine
def later(async):
    yield
    return async + 1


print(asyncio.get_event_loop().run_until_complete(pending()), async)
import asyncio as async
print(async.__name__)
del async, await
print('async' in globals())
