"""Hostile conditions: cancellation anywhere, recycled descriptor numbers, split TLS starts, bad input.

``factory``
    Which loop is under test: ``WHORL_TEST_LOOP=asyncio`` for asyncio's own, ``package:callable`` for any other.
``descriptors``
    What the process has open, and the rule that the harness lives above number ``ATTIC``.
``canary``
    Descriptors that take every freed number and notice whoever touches them.
``certificate``
    A certificate for localhost and TLS contexts that trust it.
``peers``
    The other ends of the connections: plain sockets, moved by hand, never by a loop.
``pairs``
    Socket pairs of which one end has a number of our choice.
``stage``
    One stage: the loop, its peers, and everything that was put up and must come down.
``probe``
    A coroutine around another one that counts its suspensions.
``complaints``
    What Python or the loop says while nobody awaits.
``interrupt``
    Cancels a coroutine at its k-th suspension, for every k, and lists the faults that follow.
``scenes_*``
    The operations that are interrupted.
``turning``
    Lets a loop turn until something has come about.
``dead_scripts``
    Programs that pull descriptors from under their loop, each for a process of its own.
``outcome``
    What a call led to on one loop, to be compared with another loop.
``bad_*``
    The wrong arguments.
"""
