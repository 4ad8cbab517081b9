# cython: annotation_typing=False
# Algorithm module: plain Python, compiled with buffers.pxd.
"""The write buffer: bytes that a transport has accepted and the kernel has not.

A list of chunks, never joined and never copied: ``first`` is the index of the oldest chunk that still has bytes to
send, ``offset`` how many of its bytes are gone, ``size`` how many bytes there are in all. Sent chunks are dropped
from the list once they are the larger half of it, so many small writes to a slow reader cost linear time in all.
"""

# An int; the compiled build has its own type for it (see the .pxd), and Cython minds the name ``int`` there.
Size = int

_SMALLEST_TO_TRIM = 64  # chunks; below that the list is trimmed only when everything is sent


class WriteBuffer:
    """Bytes in, bytes out, in order."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.first = 0
        self.offset = 0
        self.size = 0

    def append(self, data: bytes) -> int:
        """Add bytes at the end; empty ones have no place here."""
        self.chunks.append(data)
        self.size += len(data)
        return 0

    def consume(self, count: Size) -> int:
        """Forget the first ``count`` bytes; the caller knows that there are as many."""
        self.size -= count
        if self.size == 0:
            self.chunks.clear()
            self.first = 0
            self.offset = 0
            return 0
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
        self.chunks.clear()
        self.first = 0
        self.offset = 0
        self.size = 0

    def __len__(self) -> int:
        return self.size

    def __bytes__(self) -> bytes:
        return b"".join(self.chunks[self.first :])[self.offset :]
