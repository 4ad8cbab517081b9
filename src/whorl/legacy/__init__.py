"""The asyncio code of 2014-2018, on today's Python: ``whorl run old.py``.

``tokens``
    ``async`` and ``await`` as names.
``dialect``, ``survey``
    Telling an old program by its source, and by the modules of its own.
``caught``, ``gone``, ``revise``
    Handlers that would catch something else today; what can't be revived; both in a program's syntax tree.
``python2``, ``source``
    Trollius programs in Python 2; from text to code.
``coroutines``, ``loop``
    Generators as coroutines, and whorl's loop that takes them.
``faces``, ``locks``, ``shims``, ``proxies``
    asyncio and Trollius as they were.
``imports``, ``program``
    What the old program's own modules import, and how it starts.
``upgrade``
    The other way: the source itself becomes today's.
"""
