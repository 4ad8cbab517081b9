"""The loop around the core: what runs once per connection, per loop or per process, in plain Python.

``loop`` wires everything together and holds no logic of its own. Each other module is one concern as functions that
take the loop first; ``loop`` makes methods of them. What has no module here (signals, pipes, executors, name look-ups,
the argument checks and error texts of nearly everything) is inherited from asyncio as it is.
"""
