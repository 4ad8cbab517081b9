# cython: annotation_typing=False
"""Faces: what a compiled type answers to ``isinstance``.

asyncio's handles and transports are Python classes with slots, which an extension type cannot inherit from. Code in
the wild asks ``isinstance(transport, asyncio.Transport)`` all the same. ``isinstance`` also looks at an object's
``__class__``, so each compiled type names a face there: an empty subclass of asyncio's class, under its own name.
``type(transport)`` still tells the truth.
"""


def face(name: str, *bases: type) -> type:
    """Make the face of a compiled type: an empty class ``name`` below asyncio's ``bases``."""
    return type(name, bases, {"__slots__": (), "__module__": "whorl"})
