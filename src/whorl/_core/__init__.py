"""The compiled core: what runs once per callback or once per packet.

Two kinds of module live here. *Algorithm* modules (``handle``, ``ready``, ``timers``, ``buffers``) are plain Python
with an augmenting ``.pxd``; they also run uncompiled, in a debugger and under the property tests. *Kernel-facing*
modules talk to Linux through the externs in ``linux.pxd``; they exist only compiled, with a ``.pyi`` for type
checkers, and a ``.pxd`` where another module needs their C side.

From the bottom up: ``handle`` → ``ready``, ``timers``, ``buffers`` → ``registry`` (epoll and who owns each
descriptor) → ``readiness`` and ``waker`` → ``scheduler`` (one turn of the loop) → ``transport``, ``operation`` and
``call_soon`` → ``streams`` → ``stream``, ``datagram``, ``sock`` → ``accept`` and ``connect``. ``faces``, ``address``,
``context``, ``coroutine`` and ``results`` are leaves.
"""
