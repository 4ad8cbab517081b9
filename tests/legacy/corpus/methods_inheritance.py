# Coroutines as methods: classes, inheritance with super(), class and static methods, properties, __call__.
import asyncio


class Base:
    registry = []

    def __init__(self, name):
        self.name = name

    @asyncio.coroutine
    def connect(self):
        yield from asyncio.sleep(0)
        return ['base %s' % self.name]

    @classmethod
    @asyncio.coroutine
    def create(cls, name):
        yield from asyncio.sleep(0)
        obj = cls(name)
        cls.registry.append(obj.name)
        return obj

    @staticmethod
    @asyncio.coroutine
    def add(a, b):
        yield from asyncio.sleep(0)
        return a + b

    @asyncio.coroutine
    def hook(self):
        """Overridden or not."""

    @asyncio.coroutine
    def __call__(self, *args, **kw):
        yield from self.hook()
        return args, sorted(kw)

    @property
    @asyncio.coroutine
    def size(self):
        yield from asyncio.sleep(0)
        return 7


class Derived(Base):
    @asyncio.coroutine
    def connect(self):
        steps = yield from super().connect()
        steps += yield from super(Derived, self).connect()
        steps.append('derived')
        return steps

    def hook(self):
        print('hook of', self.name)
        yield from asyncio.sleep(0)

    @classmethod
    def create(cls, name):
        obj = yield from super().create(name + "'")
        return obj


class Mixed(Derived):
    async def connect(self):
        return (await super().connect()) + ['async def']

    def hook(self):
        return super().hook()


@asyncio.coroutine
def main():
    for cls in (Base, Derived, Mixed):
        obj = yield from cls.create(cls.__name__.lower())
        print((yield from obj.connect()))
        print((yield from obj(1, b=2)))
        print((yield from cls.add(1, 2)), (yield from obj.size), (yield from obj.add('a', 'b')))
        bound = obj.connect
        print(bound.__name__, asyncio.iscoroutinefunction(bound))
    print(Base.registry is Derived.registry, Base.registry, Base.hook.__doc__)


loop = asyncio.get_event_loop()
loop.run_until_complete(main())
loop.close()
