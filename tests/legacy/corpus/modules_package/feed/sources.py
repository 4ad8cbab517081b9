from .errors import FeedError


def numbers(count, start=0):
    """A generator, and meant to be one."""
    try:
        yield from range(start, start + count)
    except TypeError as exc:
        raise FeedError('no count: %r' % count) from None
