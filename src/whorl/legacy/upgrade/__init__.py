"""``whorl upgrade``: the asyncio code of 2014-2018 becomes today's.

A map of the room:

``rules``
    The rules, as a table with examples.
``tree``
    A file's syntax tree, and what its names are bound to.
``names``
    Which names are asyncio's, and which functions a call may reach.
``function``
    The functions of a file, and which of them are coroutines.
``nature``
    Whether an expression is something to await.
``changes``
    What is to be done to a tree.
``coroutines``, ``calls``, ``statements``, ``running``, ``imports``
    The rules at work, each on one kind of thing.
``file``
    One file, from its bytes to those that it should have.
``neighbours``
    What the coroutines of one file wait for in others.
``job``
    Many files, on all processors.
``write``
    A file gets its new content at once, or keeps the old one.
``report``
    What is said at the end.

All but ``rules`` and ``write`` need libcst, which ``whorl[legacy]`` installs.
"""
