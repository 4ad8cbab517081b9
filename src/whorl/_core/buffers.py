# cython: annotation_typing=False
# Algorithm module: plain Python, compiled with buffers.pxd.
"""The write buffer: bytes that a transport has accepted and the kernel has not.

Chunks, never joined and never copied: ``offset`` is how many bytes of the oldest are gone, ``size`` how many bytes
there are in all. One chunk is kept as it is (``alone``): most messages are one write, and are gone before the next.
More are a list, in which ``first`` is the index of the oldest that still has bytes to send. Sent chunks are dropped
from the list once they are the larger half of it, so many small writes to a slow reader cost linear time in all.
"""

# An int; the compiled build has its own type for it (see the .pxd), and Cython minds the name ``int`` there.
Size = int

_SMALLEST_TO_TRIM = 64  # chunks; below that the list is trimmed only when everything is sent


class WriteBuffer:
    """Bytes in, bytes out, in order."""

    def __init__(self) -> None:
        self.alone: bytes | None = None
        self.chunks: list[bytes] | None = None
        self.first = 0
        self.offset = 0
        self.size = 0

    def append(self, data: bytes) -> int:
        """Add bytes at the end; empty ones have no place here."""
        if self.size == 0:
            self.alone = data
        else:
            if self.chunks is None:
                # Making a list may start the garbage collector, and a finalizer may write to this very buffer.
                fresh: list[bytes] = []
                if self.chunks is None:
                    self.chunks = fresh
            if self.alone is not None:
                self.chunks.append(self.alone)
                self.alone = None
            self.chunks.append(data)
        self.size += len(data)
        return 0

    def consume(self, count: Size) -> int:
        """Forget the first ``count`` bytes; the caller knows that there are as many."""
        if count == self.size:
            self.clear()
            return 0
        self.size -= count
        if self.alone is not None:
            self.offset += count
            return 0
        assert self.chunks is not None  # as there are several
        while True:
            chunk = self.chunks[self.first]
            left = len(chunk) - self.offset
            if count < left:
                self.offset += count
                break
            count -= left
            self.chunks[self.first] = b""  # sent: the memory goes now, the place in the list later
            self.first += 1
            self.offset = 0
        if self.first > _SMALLEST_TO_TRIM and 2 * self.first > len(self.chunks):
            del self.chunks[: self.first]
            self.first = 0
        return 0

    def clear(self) -> None:
        """Drop everything that is not sent."""
        # The buffer is empty before anything dies with it.
        alone, self.alone = self.alone, None
        self.first = 0
        self.offset = 0
        self.size = 0
        del alone
        if self.chunks is not None:
            self.chunks.clear()

    def __len__(self) -> int:
        return self.size

    def __bytes__(self) -> bytes:
        if self.alone is not None:
            return self.alone[self.offset :]
        return b"".join((self.chunks or [])[self.first :])[self.offset :]
