"""What the loop promises, on real sockets: one file for each noun.

``support``
    Which loop is under test, how a test waits (never by sleeping), and scripts for a process of their own.
``test_*``
    asyncio's own tests run elsewhere; these hold what is particular to whorl, and what asyncio's do not ask for.

``WHORL_TEST_LOOP=asyncio`` runs the same tests on asyncio's loop, to see what differs.
"""
