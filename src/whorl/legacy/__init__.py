"""The asyncio code of 2014-2018, on today's Python.

``tokens``
    ``async`` and ``await`` as names.
"""
