"""``python -m benchmarks.server PEER STYLE``: one server; see the package."""

import os
import resource
import threading
from pathlib import Path

from benchmarks import machine
from benchmarks.server import styles
from benchmarks.server.allocator import free_a_large_block


def spin() -> None:
    """What a thread that computes in Python does to the others: it holds the interpreter's lock whenever it can."""
    number = 0
    while True:
        number = (number * 31 + 7) % 1000003


def main() -> None:
    options = styles.options()
    machine.end_with_parent()
    if options.spin:
        # Where there are more cores, the other thread need not wait for one, only for the interpreter's lock.
        os.sched_setaffinity(0, (os.sched_getaffinity(0) - {machine.LOAD_CORE}) or {machine.LOAD_CORE})
    else:
        machine.pin(machine.SERVER_CORE)
    if not options.fresh:
        free_a_large_block()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if options.spin:
        thread = threading.Thread(target=spin, daemon=True)
        thread.start()
        # By this name the kernel shows it to whoever measures.
        Path(f"/proc/self/task/{thread.native_id}/comm").write_text(styles.COMPUTING)
    try:
        if options.peer == "gevent":
            from benchmarks.server.blocking import serve_greenlets

            serve_greenlets(options)
        elif options.peer == "threads":
            from benchmarks.server.blocking import serve_threads

            serve_threads(options)
        else:
            from benchmarks.server.loops import serve

            serve(options)
    except styles.Unsupported as refusal:
        styles.say(unsupported=str(refusal))
    except NotImplementedError as refusal:
        styles.say(unsupported=f"NotImplementedError {refusal}".strip())


if __name__ == "__main__":
    main()
