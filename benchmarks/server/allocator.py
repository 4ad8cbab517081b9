"""The state of glibc's malloc, which is the same for all that is measured."""


def free_a_large_block() -> None:
    """What nearly every program does sooner or later, and an echo server never: it changes glibc's malloc for good.

    Until a process has freed a large block, each block of more than 128 KiB is mapped and unmapped anew. asyncio,
    rloop, aiofastnet, and uvloop with TLS, ask for 256 KiB at each receive: two page faults and three calls of the
    kernel per message, or four times the cost of an echo. Figures of that state would flatter the loops that happen to
    receive into a buffer of their own. ``--fresh`` leaves it out, and a row of `echo` shows what it is.
    """
    bytes(4 * 1024 * 1024)
