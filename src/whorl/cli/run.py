"""``whorl run``: an asyncio program as ``__main__`` on whorl's loop.

The program runs in this process, prepared as CPython prepares it (``Modules/main.c``). Three rules:

1. The program finds ``sys.argv``, ``sys.path[0]`` and a fresh ``__main__`` as under ``python``.
2. whorl and asyncio are imported after ``sys.path[0]`` is set, so a module beside the script that shadows one
   of the standard library does so here if it does so under ``python``.
3. How the process ends is left to the interpreter: the program's exception leaves through ``main``, so exit
   codes, threads, atexit and death by SIGINT are its own. Only the launcher's frames are cut off.

A program in the asyncio dialect of Python 3.4-3.6 is revived: ``whorl.cli.revival`` notices it.
"""

import io
import os
import pkgutil
import sys
from collections.abc import Callable
from importlib.machinery import BuiltinImporter, SourceFileLoader, SourcelessFileLoader
from types import CodeType, FunctionType, ModuleType, TracebackType

from whorl.cli.revival import Options, prepare_file, revived

HELP = """\
usage: whorl run [OPTIONS] SCRIPT [ARGS...]
       whorl run [OPTIONS] -m MODULE [ARGS...]

Run an asyncio program, unchanged, on whorl's loop. A SCRIPT in the asyncio dialect of Python 3.4-3.6
(asyncio.async, @asyncio.coroutine, yield from; Trollius) is revived: it runs as it stands.

SCRIPT is what python takes: a file, a folder or zip with a __main__.py, or - for standard input.
Everything after SCRIPT or MODULE belongs to the program. Options of the interpreter go before:
python -X dev -m whorl run SCRIPT

options, before SCRIPT:
  --call NAME    call the function NAME when SCRIPT has been loaded, for listings that don't do it
  --quiet        say nothing about an old dialect
  --no-revive    run an old program as python would
"""


def main(args: list[str]) -> int:
    """Run the program that ``args`` name as ``__main__``, with whorl's loop as the default.

    Parameters:
        args: the words after ``whorl run``.

    Returns:
        0 when the program came to its end, 2 when there was nothing to run.

    Raises:
        BaseException: what the program did not catch, ``SystemExit`` and ``KeyboardInterrupt`` among it. It
            is for the interpreter, whose report of it will show the program's frames only.

    The behaviour is that of ``python SCRIPT`` and ``python -m MODULE``.

    Example::

        main(["-m", "http_service", "--port", "8000"])
    """
    options = Options()
    while args and (taken := options.take(args)):
        args = args[taken:]
    first, *rest = args or [""]
    if first in ("-h", "--help"):
        print(HELP, end="")
        return 0
    if first == "--call":
        return _refuse("--call needs the name of a function")
    if options.call is not None and (first.startswith("-") or not first):
        return _refuse("--call needs a SCRIPT")
    if first.startswith("-m"):
        module, *rest = [first[2:], *rest] if first != "-m" else rest or [""]
        return _run_module(module, rest, options) if module else _refuse("-m needs the name of a module")
    if first == "-":
        return _run_stdin(rest, options)
    if first.startswith("-"):
        return _refuse(f"unknown option {first}")
    return _run_path(first, rest, options) if first else _refuse("no program given")


def _refuse(reason: str) -> int:
    print(f"whorl run: {reason}; see whorl run --help", file=sys.stderr)
    return 2


def _run_module(module: str, args: list[str], options: Options) -> int:
    import runpy

    sys.argv = ["-m", *args]  # runpy replaces the "-m" by the file when it has found it
    if cwd := _cwd():
        _set_first_path(cwd)
    main_module = _fresh_main(BuiltinImporter)

    def program() -> None:
        if options.revive:
            from whorl.legacy import survey

            prepare_file(main_module, survey.module_file(module), options)
        runpy._run_module_as_main(module)  # type: ignore[attr-defined]

    return _start(program)


def _run_stdin(args: list[str], options: Options) -> int:
    source = sys.stdin.buffer.read()
    sys.argv = ["-", *args]
    _set_first_path("")
    main_module = _fresh_main(BuiltinImporter, "<stdin>")

    def program() -> None:
        code = revived(main_module, source, "<stdin>", options) or _compiled(source, "<stdin>")
        exec(code, main_module.__dict__)

    return _start(program)


def _run_path(script: str, args: list[str], options: Options) -> int:
    path = os.path.join(_cwd(), script)
    if pkgutil.get_importer(path) is not None:
        if options.call is not None:
            return _refuse("--call needs a file")
        return _run_folder(path, script, args, options)
    try:
        with io.open_code(path) as file:
            content = file.read()
    except OSError as error:
        reason = f"[Errno {error.errno}] {error.strerror}"
        print(f"whorl run: can't open file {path!r}: {reason}", file=sys.stderr)
        return 2
    sys.argv = [script, *args]
    _set_first_path(os.path.dirname(os.path.realpath(path)))
    code = pkgutil.read_code(io.BytesIO(content))
    bytecode = code is not None or path.endswith(".pyc")
    loader = SourcelessFileLoader if bytecode else SourceFileLoader
    main_module = _fresh_main(loader("__main__", path), path)

    def program() -> None:
        if bytecode and code is None:
            raise RuntimeError("Bad magic number in .pyc file")
        exec(code or revived(main_module, content, path, options) or _compiled(content, path), main_module.__dict__)
        if options.call is not None:
            _call(main_module, options.call, script)

    return _start(program)


def _call(main_module: ModuleType, name: str, script: str) -> None:
    """Call a function of the program, and run what it returns if that is a coroutine."""
    function = getattr(main_module, name, None)
    if not callable(function):
        functions = sorted(each for each, value in vars(main_module).items() if isinstance(value, FunctionType))
        known = f"its functions are {', '.join(functions)}" if functions else "it defines none"
        print(f"whorl run: {script} has no function {name!r} to call; {known}", file=sys.stderr)
        raise SystemExit(2)
    result = function()
    if (legacy := sys.modules.get("whorl.legacy.program")) is not None:
        legacy.finish(result)
    elif hasattr(result, "cr_code"):
        import asyncio

        asyncio.run(result)


def _run_folder(path: str, script: str, args: list[str], options: Options) -> int:
    """A folder or a zip is an entry of ``sys.path`` whose ``__main__`` runs."""
    import runpy

    sys.argv = [script, *args]
    _set_first_path(path, needed=True)
    main_module = _fresh_main(BuiltinImporter)

    def program() -> None:
        prepare_file(main_module, os.path.join(path, "__main__.py"), options)
        runpy._run_module_as_main("__main__", alter_argv=False)  # type: ignore[attr-defined]

    return _start(program)


def _cwd() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:  # the folder was deleted; python runs programs there all the same
        return ""


def _set_first_path(entry: str, *, needed: bool = False) -> None:
    if not sys.flags.safe_path:
        sys.path[:1] = [entry]  # in place of the one that belongs to the launcher
    elif needed:
        sys.path.insert(0, entry)


def _fresh_main(loader: object, file: str | None = None) -> ModuleType:
    """Put a ``__main__`` in place with the globals that the interpreter gives it, in their order."""
    module = ModuleType("__main__")
    names = module.__dict__
    names["__loader__"] = loader
    if sys.version_info < (3, 14):
        names["__annotations__"] = {}
    names["__builtins__"] = sys.modules["builtins"]
    if file is not None:
        names.update(__file__=file, __cached__=None)
    sys.modules["__main__"] = module
    return module


def _compiled(source: bytes, path: str) -> CodeType:
    nul = source.find(b"\0")
    if nul >= 0:  # compile() does not say where
        line = source[:nul].splitlines(keepends=True)[-1:]
        text = b"".join(line).decode(errors="replace")
        number = source.count(b"\n", 0, nul) + 1
        raise SyntaxError("source code cannot contain null bytes", (path, number, None, text))
    code: CodeType = compile(source, path, "exec", dont_inherit=True)
    return code


def _start(program: Callable[[], object]) -> int:
    try:
        _set_policy()
        program()
    except SystemExit:
        raise
    except BaseException as error:
        _report_without_launcher(error)
        raise
    return 0


def _set_policy() -> None:
    import asyncio
    import warnings

    with warnings.catch_warnings():
        # From 3.14 on. A program that takes its loop from asyncio can't be given whorl's by other means.
        warnings.filterwarnings("ignore", r"'asyncio\.\w+Policy' is deprecated", DeprecationWarning)
        warnings.filterwarnings("ignore", r"'asyncio\.\w+_policy' is deprecated", DeprecationWarning)
        from whorl.runner import Policy

        asyncio.set_event_loop_policy(Policy())


def _report_without_launcher(error: BaseException) -> None:
    """Have the interpreter hand ``error`` to the program's ``sys.excepthook`` with the program's frames only.

    The interpreter calls ``sys.excepthook`` after the exception has left the last frame, and every frame on
    its way adds itself, so it is in that call that the traceback can be cut.
    """
    traceback = error.__traceback__
    while traceback and traceback.tb_frame.f_globals is globals():
        traceback = traceback.tb_next
    if (legacy := sys.modules.get("whorl.legacy.program")) is not None:
        error.__traceback__ = traceback
        legacy.without_own_frames(error)
        traceback = error.__traceback__
    hook = getattr(sys, "excepthook", sys.__excepthook__)

    def report(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        sys.excepthook = hook
        sys.last_traceback = traceback
        error.__traceback__ = traceback
        try:
            hook(kind, error, traceback)
        except SystemExit:
            raise
        except BaseException as failure:  # the interpreter's words, but without the frame of this function
            print("Error in sys.excepthook:", file=sys.stderr)
            failure.__traceback__ = failure.__traceback__ and failure.__traceback__.tb_next
            sys.__excepthook__(type(failure), failure, failure.__traceback__)
            print("\nOriginal exception was:", file=sys.stderr)
            sys.__excepthook__(kind, error, traceback)

    sys.excepthook = report
