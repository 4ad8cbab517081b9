"""``whorl.spinner()``: a line that turns while a block of code, or a function, is at work.

A spinner only begins and ends a line on the terminal's board (`board`), and has somebody let time pass for it
(`driver`): a thread in plain code, a task in a coroutine. What draws is loaded when the first one starts.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from whorl.forms import is_coroutine_function, need_coroutine, need_plain_code
from whorl.terminal.frames import LINE, Frames, frames_of

if TYPE_CHECKING:
    from whorl.terminal.board import Board
    from whorl.terminal.driver import TaskDriver, ThreadDriver
    from whorl.terminal.line import Line, Outcome

Function = TypeVar("Function", bound=Callable[..., Any])

_PLAIN, _COROUTINE = "with whorl.spinner(…)", "async with whorl.spinner(…)"


def spinner(
    text: object = "",
    *,
    frames: str | Sequence[str] = LINE,
    elapsed: bool = False,
    stream: Any = None,
    interval: float | None = None,
) -> "Spinner":
    """Show that something is at work, until it is done.

    Parameters:
        text: stands beside what turns; any object, drawn as its ``str`` is at that moment.
        frames: what turns: a name that ``python -m rich.spinner`` shows, or a sequence of strings.
        elapsed: whether to show the time since it began.
        stream: where to; ``sys.stdout``, as it is when the spinner starts, by default.
        interval: seconds for each frame; by default what belongs to ``frames``, 0.1 for a sequence.

    Returns:
        A spinner: for ``with`` in plain code, for ``async with`` in a coroutine, or a decorator for both kinds of
        function, which makes a spinner of its own for each call.

    Raises:
        TypeError: an argument is of another type.
        ValueError: nobody knows the name of the frames, there are none, or the interval isn't a time.

    At the end of the block the line is erased, or stays with a mark: ✓ after ``s.ok()``, ✗ after ``s.fail()``. An
    exception leaves ✗, and so do a cancel and Ctrl-C; ``sys.exit()`` without an error is a normal end. What the program
    prints or logs meanwhile stands above the line; ask for ``input()`` before or after. Nothing turns where the output
    is no terminal, in CI, or with ``TERM=dumb``: there is one line at the start and one at the end. ``NO_COLOR`` and
    ``FORCE_COLOR`` are heeded.

    Example::

        with whorl.spinner("thinking!") as s:
            s.text = "still thinking"
            s.ok("done")
    """
    return Spinner(text, frames_of(frames, interval), elapsed=elapsed, stream=stream)


class Spinner:
    """What `spinner` returns; one line at a time, and as often as you like.

    Parameters:
        text: stands beside what turns.
        frames: what turns, and how fast.
        elapsed: whether to show the time since it began.
        stream: where to; ``None`` for ``sys.stdout``.

    Example::

        @whorl.spinner("thinking!")
        async def think():
            await asyncio.sleep(3)
    """

    def __init__(self, text: object, frames: Frames, *, elapsed: bool = False, stream: Any = None) -> None:
        if callable(text):
            raise TypeError("a spinner's text can't be called; as a decorator it is written `@whorl.spinner()`")
        if not isinstance(elapsed, bool):
            raise TypeError(f"elapsed must be True or False, got {type(elapsed).__name__}")
        if stream is not None and not callable(getattr(stream, "write", None)):
            raise TypeError(f"stream must have a method `write`, got {type(stream).__name__}")
        self._text = text
        self._frames = frames
        self._elapsed = elapsed
        self._stream = stream
        self._line: Line | None = None
        self._board: Board | None = None
        self._thread: ThreadDriver | None = None
        self._task: TaskDriver | None = None

    @property
    def text(self) -> object:
        """What stands beside what turns; a new one is seen with the next frame."""
        return self._text if self._line is None else self._line.text

    @text.setter
    def text(self, text: object) -> None:
        if self._line is None:
            self._text = text
        else:
            self._line.text = text

    def ok(self, text: object = None) -> None:
        """End the line now, with ✓; it stays.

        Parameters:
            text: a last text; ``None`` for the one that is there.

        Raises:
            RuntimeError: the spinner has not started.
        """
        self._end("ok", text)

    def fail(self, text: object = None) -> None:
        """End the line now, with ✗; it stays.

        Parameters:
            text: a last text; ``None`` for the one that is there.

        Raises:
            RuntimeError: the spinner has not started.
        """
        self._end("failed", text)

    def __enter__(self) -> Self:
        need_plain_code(_PLAIN, _COROUTINE)
        board = self._begin()
        try:
            from whorl.terminal.driver import ThreadDriver

            self._thread = ThreadDriver(board)
            self._thread.start()
            return self
        except BaseException as error:  # Ctrl-C, before there is a block that could end
            self.__exit__(type(error), error, None)
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            self._end(_outcome(error))
        finally:
            try:
                if self._thread is not None:
                    self._thread.stop()
            finally:
                self._release(_outcome(error))

    async def __aenter__(self) -> Self:
        need_coroutine(_COROUTINE, _PLAIN)
        board = self._begin()
        try:
            from whorl.terminal.driver import TaskDriver

            self._task = TaskDriver(board)
            self._task.start()
            return self
        except BaseException as error:
            self._release(_outcome(error))
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        task = self._task
        try:
            self._end(_outcome(error))
        finally:
            self._release(_outcome(error))
            if task is not None:
                task.cancel()
                if not isinstance(error, GeneratorExit):  # the loop is gone, and nothing can be awaited
                    await task.wait()

    def __call__(self, function: Function) -> Function:
        """Decorate a function: each call has a spinner of its own."""
        if not callable(function):
            raise TypeError(f"a spinner decorates functions, got {type(function).__name__}")
        made = inspect.unwrap(function)
        if inspect.isgeneratorfunction(made) or inspect.isasyncgenfunction(made):
            raise TypeError("a spinner can't decorate a generator, which works between calls; use it inside")
        if is_coroutine_function(function):

            @functools.wraps(function)
            async def spinning(*args: Any, **kwargs: Any) -> Any:
                async with self._copy():
                    return await function(*args, **kwargs)
        else:

            @functools.wraps(function)
            def spinning(*args: Any, **kwargs: Any) -> Any:
                need_plain_code("@whorl.spinner(…) on a plain function", "async def, with the same decorator")
                with self._copy():
                    return function(*args, **kwargs)

        return cast(Function, spinning)

    def __repr__(self) -> str:
        line = self._line
        state = "not started" if line is None else "turning" if line.outcome is None else line.outcome
        return f"<whorl.Spinner {self.text!r} {state}>"

    def _copy(self) -> "Spinner":
        return Spinner(self._text, self._frames, elapsed=self._elapsed, stream=self._stream)

    def _begin(self) -> "Board":
        if self._board is not None:
            raise RuntimeError("this spinner is in use; for another line make another one with whorl.spinner(…)")
        from whorl.terminal.board import board_on
        from whorl.terminal.line import Line

        try:
            self._board = board = board_on(sys.stdout if self._stream is None else self._stream)
            self._line = Line(self._text, self._frames, elapsed=self._elapsed)
            board.add(self._line)
            return board
        except BaseException as error:
            self._release(_outcome(error))
            raise

    def _end(self, outcome: "Outcome", text: object = None) -> None:
        if self._line is None:
            raise RuntimeError("this spinner has not started; it does in `with` or `async with`")
        if self._board is not None and self._line.outcome is None:
            if text is not None:
                self._line.text = text
            self._board.end(self._line, outcome)

    def _release(self, outcome: "Outcome") -> None:
        """Be free for another use; a line that was interrupted while it ended is ended."""
        board, self._board = self._board, None
        self._thread = self._task = None
        if board is not None and self._line is not None:
            board.end(self._line, outcome)


def _outcome(error: BaseException | None) -> "Outcome":
    done = error is None or isinstance(error, GeneratorExit) or (isinstance(error, SystemExit) and not error.code)
    return "gone" if done else "failed"
