"""Spinning lines on a terminal, from threads and tasks at once.

A map of the room:

``spinner``
    What programs use: ``whorl.spinner()``, in plain code, in a coroutine, and as a decorator.
``board``
    All lines of one terminal: who may draw, when, and what is left when the last line ends.
``driver``
    Lets time pass for a board: a thread, or a task.
``line``
    One line, and how it looks at a moment: a pure function of line, time and width.
``frames``
    What turns.
``text``
    Made harmless, and cut by cells.
``stream``
    What a stream can show, and one write to it.
``capture``
    What the program prints meanwhile.
``complaints``
    What went wrong, for the log.
``guard``
    The terminal is left whole when a signal ends or stops the program.

A supervisor that shows its jobs needs `board` and `driver` only::

    shown = board.board_on(sys.stdout)
    turning = driver.ThreadDriver(shown)            # in a coroutine: driver.TaskDriver(shown)
    turning.start()
    job_line = line.Line("job", elapsed=True)
    shown.add(job_line)
    ...
    shown.end(job_line, line.OK)                    # the line stays, with its mark; line.GONE erases it
    ...
    turning.stop()                                  # in a coroutine: turning.cancel(); await turning.wait()
"""
