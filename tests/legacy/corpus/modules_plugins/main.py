# Plug-ins are found and imported while the program runs: pkgutil, importlib, __import__, inside of a coroutine.
import asyncio
import importlib
import os
import pkgutil
import sys

import plugins


@asyncio.coroutine
def load():
    found = []
    for _, name, ispkg in sorted(pkgutil.iter_modules(plugins.__path__)):
        module = importlib.import_module('plugins.' + name)
        found.append((name, (yield from module.setup(len(found)))))
    return found


def by_name(name):
    __import__(name)
    return sys.modules[name]


@asyncio.coroutine
def late():
    from plugins.greeter import Greeter as G
    import plugins.counter as counter
    greeter = G('late')
    return (yield from greeter.greet()), (yield from counter.count(2))


loop = asyncio.get_event_loop()
print(loop.run_until_complete(load()))
print(by_name('plugins.counter').__name__, by_name('plugins').__name__)
print(loop.run_until_complete(late()))
namespace = {}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'settings.conf')) as f:
    exec(f.read(), namespace)
print(namespace['TITLE'], sorted(name for name in namespace if name.isupper()))
print(sorted(name for name in sys.modules if name.startswith('plugins')))
print(os.path.exists(os.path.join(os.path.dirname(plugins.__file__), '__pycache__')))
