"""Supervision: jobs in threads and in tasks under one set of words.

A map of the room, each file importing only from those before it:

``work``
    What a job runs in, a thread or a task: how to ask it to stop, and where it is now.
``job``
    One piece of work with a name, a state and an outcome.
``intensity``
    So many restarts in so long.
``show``
    A line on the terminal for each job.
``crew``
    The rules, without any waiting: who may start, what a failure means, who is told to stop.
``interrupts``
    Ctrl-C while a block is left.
``threads``, ``tasks``
    The two forms of a crew: how each starts a job, and how each waits.
``supervisor``
    The front: options, checked; ``with`` and ``async with``.
"""

from whorl.supervise.job import Job as Job
from whorl.supervise.supervisor import Supervisor as Supervisor
