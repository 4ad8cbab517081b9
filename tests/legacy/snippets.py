"""Snippets with ``async`` and ``await`` wherever a name can stand, and where 3.6 took them for keywords.

Each place (one a line; W is the word, ¶ a new line) goes into each context, for S. What is odd beyond that is
written out.
"""

WORDS = ("async", "await")

EXPRESSIONS = """\
W
(W)
W.x
x.W
x.W.y
x . W
W()
W(W)
x.W(1)
f(W, x)
f(W=1)
f(x, W=W)
f(*W, **W)
f(W for W in x)
W[0]
x[W]
x[W:W, ::W]
-W
not W
W + W * W
W ** -W
W < W is not W in x
W and x or W
W if W else W
[W, *W]
(W,)
{W: W, **W}
{W, x}
lambda: W
lambda W: W
lambda W, x=W: W
lambda *W: W
lambda x, *, W=1, **y: W
lambda **W: W
[W for W in W if W]
{W: W for W in x}
{W for x in W for W in x}
(x for x in W)
'W' "W" r'W' b'W'
'''W¶W'''
f'{W}'
f'W {{W}} {W}'
f'{W.x!r:>{W}}'
f'{x.W} {x(W=W)}'
f'{W:W}'
f'{"W"} {x["W"]}'
rf'{W}\\{W}' 'W' fr"{W}"
f'''{¶W}'''
f'{f"{W}"}'
f'{lambda_(x, W)[W]}'
f'{W!s}{W:{W}.{W}}'
(W¶  .W)
[W,  # W¶ W]
W .W
W	+W
W\\¶.W
aW + Wa + W1 + _W
Wfor
0x1f if W else 0b1
x.W.W[W].W(W.W)
...
"""

STATEMENTS = """\
W = 1
W = x = W
W, x = x, W
(W, [x, *W]) = x
W.x = 1
x.W = W
x.W += 1
W += W
W: int
W: int = 1
x: W = W
x.W: W = 1
del W
del x.W, W[0]
global W
global x, W
import W
import W.x
import x.W
import x.W.y as W
import x as W, W as y
from W import x
from x import W
from x import W as y
from x import y as W
from .W import W
from . import W, x
from x import (W,¶    y)
raise W
raise W from W
assert W, W
return W
yield W
x = yield W
yield from W
x = yield from W
pass; W; W()
print(W); x = W
# W
x  # W
if W: pass
while W: W
for W in W: pass
for x, W in W: W
with W: pass
with W as W, x as W: pass
with x.W as x.W: W
class W: pass
class C(W, metaclass=W): W = W
def W(): pass
def f(W): pass
def f(W, x=W): return W
def f(W=W, *x): pass
def f(*W): pass
def f(*, W): pass
def f(x, *, W=W, **y): W
def f(**W): pass
def f(x: W, *y: W, **z: W) -> W: W
def f(W: W = W): pass
try: W¶except W: W
try: x¶except (W, x) as W: W¶else: W¶finally: W
if x: W¶elif W: x¶else: W
@W¶def f(): pass
@W.x¶@x.W(W=W)¶def f(W): pass
@W¶class C: pass
@W¶async def f(): pass
@x.W(W)¶async def W(): pass
def f():¶    W = 1¶    def g(W):¶        nonlocal W¶        return W
class C:¶    W = 1¶    @x.W¶    def W(self, W=W):¶        return self.W
async def f(x=W): pass
async def f(W): pass
async def f(W=1, *W): pass
async def f() -> W: pass
async def f(): W
async def f(): pass; W
async def f(x, y=lambda: W): pass
await W
x = await W
print(await W)
await x.W()
await f(W)
async with W: pass
async with x as W: pass
async for W in x: pass
async for x in W: pass
[x async for x in W]
[W async for W in x]
[await W for x in y]
{x: await x async for x in y if await W}
(x async for x in y)
lambda: await W
f'{await W}'
f'{[x async for x in y]}'
async def f(): await W
async def f():¶    def W(): pass
async def f(): return [W for x in y]
"""

CONTEXTS = {
    "module": "S\n",
    "no newline at the end": "x\nS",
    "function": "def f():\n    S\n    W\n",
    "tabs": "class C:\n\tdef f():\n\t\tS\n",
    "coroutine": "async def f():\n    S\n",
    "after a line of a coroutine": "async def f(x):\n    x\n\n    S\n",
    "function in a coroutine": "async def f():\n    def g():\n        S\n",
    "class in a coroutine": "async def f():\n    class C:\n        S\n    x\n",
    "coroutine in a function": "def f():\n    async def g():\n        S\n    W\n",
    "coroutine in a class": "class C:\n    async def f(self):\n        S\n\n    W = 1\n",
    "after a coroutine": "async def f():\n    x\nS\n",
    "after a coroutine of one line": "async def f(): pass\nS\n",
    "after a coroutine in a class": "class C:\n    async def f(self):\n        if x:\n            x\n    S\n",
    "after a function in a coroutine": "async def f():\n    def g():\n        pass\n    S\n",
    "after a coroutine in a function": "def f():\n    async def g():\n        pass\n    S\n",
    "between coroutines": "async def f():\n    await x\nS\nasync def g():\n    await x\n",
    "in a branch of a coroutine": "async def f():\n    if x:\n        pass\n    else:\n        S\n",
}

WRITTEN_OUT = [
    "async\ndef f(): pass\n",
    "x = async\ndef f(): pass\n",
    "async # def\ndef f(): pass\n",
    "async; \ndef f(): pass\n",
    "async \\\ndef f(): await x\n",
    "async  \t def f(): await x\n",
    "async\tdef f(): await x\n",
    "async def f():\n    await x\n\n# async\nasync = 1\n",
    "async def f():\n    await x\n# comment at the margin\n    await y\n",
    "async def f():\n    x = '''\nasync at the margin\n'''\n    await x\n",
    "async def f():\n    x = [\nawait_, 1,\n]\n    await x\n",
    "async def f():\n    x = (1 +\nawait y)\n    await x\nawait = 1\n",
    "async def f(\n    x,\n    y=1\n):\n    await x\nawait = 1\n",
    "async def f(x,\ny):\n    await x\nasync = 1\n",
    "async def f():\n\tawait x\n\nasync(1)\n",
    "if x:\n        async def f():\n\t\tawait x\nasync = await\n",
    "class C:\n  async def f(self):\n    def g():\n      return 1\n    await g()\n  async = 1\nawait = 2\n",
    "async def f():\n    async def g():\n        await x\n    await g\nawait = 1\n",
    "async def f():\n    async def g(): await x\n    await g\nawait = 1\n",
    "async def f(): await x\n\n\n\nawait = 1\n",
    "async def f(): pass\nasync def g(): await x\nasync = 1\n",
    "async def f():\n    pass\n\x0c\nasync = 1\n",
    "\x0casync = 1\n",
    "async def f():\n    await x; await y\n    return await z\nasync.x = await.y\n",
    "def async(): pass\ndef await(): async()\n",
    "def f(): async def_\n",
    "async define\n",
    "asyncio.async(x)\n",
    "task = asyncio.async(f(async=True), loop=await)\n",
    "from asyncio import async\n",
    "from asyncio import async as ensure_future, wait\n",
    "try:\n    asyncio.async\nexcept AttributeError:\n    async = asyncio.ensure_future\nelse:\n    async = x\n",
    "getattr(asyncio, 'async')(x)\n",
    "class C:\n    def async(self, *, async=None):\n        self.async = async\n    await = async\n",
    "@asyncio.coroutine\ndef f(async):\n    x = yield from async\n    return (yield from self.await(async=x))\n",
    "@async\nasync def f():\n    await x\n",
    "@x(async=1, await=2)\nasync def f(self):\n    await x\n\n@await\ndef g(): pass\n",
    "lambda async: (lambda await: async + await)\n",
    "x = {\n    'async': async,\n    await: [await\n        .async],\n}\n",
    "print(async)  # await\n",
    "'async'.await\n",
    "1 .async\n",
    "1.0.async\n",
    "x = 1if async else 2\n",
    "x = [1for async in await]\n",
    "async if async else await\n",
    "async or await and not async\n",
    "async in await\n",
    "async is await\n",
    "async, = await\n",
    "async = await = x\n",
    "async: int = await\n",
    "async -> x\n",
    "async.await.async[await](async)\n",
    "async\\\n.x\n",
    "x = \\\nasync\n",
    "if async:\n    pass\nelif await:\n    pass\n",
    "for async in await:\n    async\nelse:\n    await\n",
    "while async: await\n",
    "async for x in y: pass\n",
    "async with x: pass\n",
    "def f():\n    async for x in y: pass\n",
    "def f():\n    async with x: pass\n",
    "def f():\n    [x async for x in y]\n",
    "def f():\n    await x\n",
    "await x\n",
    "await (x)\n",
    "await [x]\n",
    "await -x\n",
    "await * x\n",
    "await(x)\n",
    "def f():\n    await(x)\n    async(x)\n",
    "async def f():\n    await(x)\n",
    "async def f():\n    await [x]\n    await -x\n",
    "async def f():\n    async with x as y, z:\n        async for i in y:\n            yield await i\n",
    "async def f():\n    return {k: v async for k, v in x}, [await y for y in z], (w async for w in v)\n",
    "async def f():\n    def g(x=await y): pass\n",
    "async def f():\n    @await_\n    def g(): pass\n    await g\n",
    "async def f():\n    lambda: (yield)\n    await x\n",
    "async def f():\n    x.async\n",
    "async def f():\n    x.await()\n",
    "async def f():\n    x(async=1)\n",
    "async def f():\n    import async\n",
    "async def f():\n    f'{async} {await}'\n",
    "async def f():\n    f'{await x}'\n",
    "async def f():\n    'async' 'await' # async await\n    '''async\nawait'''\n",
    "f'{async}{await}'\n",
    "f'{async:{await}}' f\"{await:>{async}}\"\n",
    "f'{async!r}{await!a:>10}'\n",
    "f'''{\nasync}{\nawait\n}'''\n",
    'f\'{"async"}{x["await"]}{{async}}{{{await}}}\'\n',
    "f'{async.x(await=1)}'\n",
    "f'{x:async}{x:%Y-await}'\n",
    "f'{(lambda async: async)(1)}'\n",
    'f\'{ {"async": async}["async"] }\'\n',
    "f'{async != await}'\n",
    "f'{x}' 'async' f'{await}' b'async'\n",
    "F'{async}' Rf'{await}' fR'{async}\\{await}'\n",
    "u'async' U\"await\" Br'async' rB'await'\n",
    "x = '\\'async' + \"\\\"await\" + async\n",
    "x = '''a'b''async''' + async\n",
    "x = 'async\\\nawait' + await\n",
    "x = ''; async = ''''''; await = \"\"\n",
    "\u00e9 = async; async\u00e9 = await; \u00e4async = 1\n",
    "x = '\u00e9\u4e16' + async  # \u00e9 async\n",
    "async = 1\r\nawait = async\r\n",
    "async def f():\r\n    await x\r\nasync = 1\r\n",
    "async = 0xaf + 1_000 + 1e5 + 1j + .5\n",
    "async = ...\n",
    "async @= await @ async\n",
    "async //= await >> async\n",
    "async\n",
    "await",
    "async;await",
    "",
    "# async",
    "if 1:\n    async = 1\n    # dedented soon\n# here\n    await = 2\n",
    "class async(await): pass\n",
    "class await:\n    async = property(lambda self: self.await)\n    def __await__(self): yield from self.async\n",
    "def f(self, async, *await): return async, await\n",
    "def f(*, async=1, await): pass\n",
    "def f(async: await=1) -> await: pass\n",
    "with async as await, await as async: pass\n",
    "try:\n    pass\nexcept async as await:\n    raise await from async\n",
    "raise async\n",
    "exec(async)\n",
    "print(*async, **await)\n",
    "print(async, end=await)\n",
    "async = yield\n",
    "def f(): async = yield await\n",
    "def f():\n    global async, await\n    del async, await\n",
    "x = async if await else (yield from async)\n",
    "assert async, await\n",
    "import async.await as x, await\n",
    "from async.await import x\n",
    "from ..async import await as async\n",
]


def systematic() -> dict[str, list[str]]:
    """Every place in every context: a list for each context and word."""
    places = [place.replace("¶", "\n") for place in (EXPRESSIONS + STATEMENTS).splitlines()]
    found = {}
    for word in WORDS:
        for name, context in CONTEXTS.items():
            before, after = context.split("S")
            indent = before[before.rfind("\n") + 1 :]
            found[f"{word}, {name}"] = [
                (before + place.replace("\n", "\n" + indent) + after).replace("W", word) for place in places
            ]
    return found
