"""Small programs that behave the same under ``python`` and under ``whorl run``, or something is wrong."""

PROGRAMS = {
    "what main is": """
import sys
known = sorted(name for name in globals() if name != "sys")
print(known, __name__, __file__, __package__, __spec__ and __spec__.name, __cached__, __doc__)
print(type(__loader__), getattr(__loader__, "path", None), __builtins__, __annotations__)
print(sys.argv, sys.path[0], sys.modules["__main__"].__dict__ is globals())
""",
    "docstring": '"""Mine."""\nprint(__doc__)',
    "annotation at module level": "x: 1 + 1 = 3\nprint(__annotations__)",
    "neighbour": "import neighbour\nprint(neighbour.__file__)",
    "argparse": "import argparse\nargparse.ArgumentParser().parse_args()",
    "exit 3": "import sys\nsys.exit(3)",
    "exit without a code": "import sys\nsys.exit()",
    "exit with a text": "import sys\nsys.exit('sorry')",
    "exit with an object": "import sys\nsys.exit([1, 2])",
    "exit in a coroutine": "import asyncio, sys\nasync def main(): sys.exit(7)\nasyncio.run(main())",
    "exit at once": "import os\nprint('lost')\nos._exit(5)",
    "abort by signal": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "end in order": """
import atexit, sys, threading
atexit.register(print, "atexit")
gate = threading.Event()
def work():
    gate.wait()
    print("thread")
threading.Thread(target=work).start()
gate.set()
sys.exit(4)
""",
    "uncaught": "def f():\n    return 1 / 0\nf()",
    "uncaught, chained": """
def f():
    try:
        {}["a"]
    except KeyError as error:
        raise ValueError("no a") from error
try:
    f()
except ValueError:
    raise RuntimeError("twice")
""",
    "uncaught group": """
def f(n):
    raise ValueError(n)
errors = []
for n in range(2):
    try:
        f(n)
    except ValueError as error:
        error.add_note(f"note {n}")
        errors.append(error)
raise ExceptionGroup("both", errors)
""",
    "uncaught, neither Exception nor exit": "class Halt(BaseException): pass\nraise Halt('now')",
    "uncaught in a coroutine": """
import asyncio
async def inner():
    raise LookupError("inner")
async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(inner())
asyncio.run(main())
""",
    "uncaught in a thread": """
import threading
def work():
    raise ValueError("thread")
thread = threading.Thread(target=work, name="worker")
thread.start()
thread.join()
""",
    "uncaught in a task nobody looks at": """
import asyncio
async def inner():
    raise LookupError("inner")
async def main():
    task = asyncio.create_task(inner(), name="t")
    await asyncio.wait([task])
asyncio.run(main())
""",
    "not awaited": "import asyncio\nasync def main():\n    asyncio.sleep(0)\nasyncio.run(main())",
    "interrupt raised": """
import atexit, threading
atexit.register(print, "atexit")
gate = threading.Event()
def work():
    gate.wait()
    print("thread")
threading.Thread(target=work).start()
gate.set()
raise KeyboardInterrupt
""",
    "interrupt in a coroutine": """
import asyncio, os, signal
async def main():
    try:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()
    finally:
        print("cleaned up")
asyncio.run(main())
""",
    "interrupt caught": """
import os, signal
try:
    os.kill(os.getpid(), signal.SIGINT)
    signal.pause()
except KeyboardInterrupt:
    print("caught")
""",
    "interrupt of a sub-class": "class Stop(KeyboardInterrupt): pass\nraise Stop",
    "terminated": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    "excepthook": """
import atexit, sys, traceback
def hook(kind, error, tb):
    print("hook", kind, error, traceback.format_tb(tb), tb is error.__traceback__)
sys.excepthook = hook
atexit.register(lambda: print(sys.excepthook is hook))
def f():
    raise ValueError("mine")
f()
""",
    "excepthook that fails": """
import sys
def hook(kind, error, tb):
    raise LookupError("hook")
sys.excepthook = hook
raise ValueError("mine")
""",
    "excepthook that exits": "import sys\nsys.excepthook = lambda *a: sys.exit(9)\nraise ValueError('mine')",
    "interrupt and excepthook": "import sys\nsys.excepthook = lambda *a: print(1)\nraise KeyboardInterrupt",
    "last exception": """
import atexit, sys, traceback
def last():
    print(sys.last_type, sys.last_value, traceback.format_tb(sys.last_traceback))
    print(getattr(sys, "last_exc", None), sys.last_value.__traceback__ is sys.last_traceback)
atexit.register(last)
raise ValueError("mine")
""",
    "syntax error": "def f(:\n    pass",
    "syntax error, open bracket": "x = (\ny = 1\n",
    "syntax error, indentation": "if 1:\nx = 1\n",
    "syntax error in the compiler": "x = 1\nreturn x\n",
    "syntax error in a text": "x = f'{a b}'\n",
    "syntax error and warning": "x = 1 is 1\ny = = 2\n",
    "syntax error in a neighbour": "import broken",
    "syntax error and excepthook": "import sys\nsys.excepthook = lambda *a: print(a[:2])\nimport broken",
    "null byte": "x = 1\ny = 2\0\n",
    "null byte at the start": "\0\n",
    "standard input": "print(input('name? '))\nimport sys\nprint(sys.stdin.read())\ninput()",
    "unflushed": "import os\nprint('buffered')\nos.write(1, b'direct\\n')",
    "flush that fails at the end": "import sys, os\nprint('x')\nos.close(1)",
    "pickle": """
import pickle
class Point: pass
print(type(pickle.loads(pickle.dumps(Point()))) is Point, pickle.dumps(Point))
""",
    "inspect": """
import inspect, sys
def f():
    return 1
print(inspect.getsource(f), inspect.getsource(sys.modules["__main__"]), inspect.getfile(f))
""",
    "warnings": """
import warnings
warnings.warn("deprecated", DeprecationWarning)
for _ in range(2):
    warnings.warn("mine")
print(__warningregistry__.keys())
""",
    "future of the launcher": "def f(x: 1 + 1): pass\nprint(f.__annotations__)",
    "unittest": """
import unittest
class Case(unittest.TestCase):
    def test(self):
        self.assertEqual(1, 1)
runner = unittest.TextTestRunner(stream=open("report", "w"))
unittest.main(argv=["x"], testRunner=runner)
""",
    "processes": """
import multiprocessing
class Point:
    x = 3
def work(point):
    print(__name__, point.x, type(point).__module__)
if __name__ == "__main__":
    for method in "spawn", "forkserver", "fork":
        process = multiprocessing.get_context(method).Process(target=work, args=[Point()])
        process.start()
        process.join()
        print(method, process.exitcode)
""",
}

# Bytes that are a program in their own encoding.
ENCODED = {
    "latin-1": "# coding: latin-1\nprint(ascii('é'))\n".encode("latin-1"),
    "byte order mark": b"\xef\xbb\xbfprint(ascii('\xc3\xa9'))\n",
    "carriage returns": b"print(1)\r\nprint('''a\r\nb''')\r\n",
    "latin-1, uncaught": "# coding: latin-1\nraise ValueError('é')\n".encode("latin-1"),
    "latin-1, syntax error": "# coding: latin-1\nx = 'é' 1\n".encode("latin-1"),
    "empty": b"",
}

# Every way a program may ask asyncio for its loop; each prints the module of the loop's class.
LOOPS = {
    "run": "asyncio.run(main())",
    "Runner": "with asyncio.Runner() as runner: runner.run(main())",
    "new_event_loop": """
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
""",
    "get_event_loop": """
asyncio.set_event_loop(asyncio.new_event_loop())
loop = asyncio.get_event_loop()
loop.run_until_complete(main())
loop.close()
""",
    "get_event_loop without a loop": """
import warnings
warnings.simplefilter("ignore")
loop = asyncio.get_event_loop()
loop.run_until_complete(main())
loop.close()
""",
    "IsolatedAsyncioTestCase": """
import unittest
class Case(unittest.IsolatedAsyncioTestCase):
    async def test(self):
        await main()
assert unittest.main(exit=False).result.wasSuccessful()
""",
    "thread": """
import threading
thread = threading.Thread(target=lambda: asyncio.run(main()))
thread.start()
thread.join()
""",
}
