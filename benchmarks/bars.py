"""What whorl has promised: the ratio to uvloop's main figure that a row may have at most.

A row that is not named here may not be behind uvloop.
"""

NOT_BEHIND = 1.0

BARS = {
    "call_soon chain": 0.30,
    "call_soon batch": 0.65,
    "call_soon with one argument": 0.70,
    "timers set and cancelled": 0.28,
    "timers fired": 0.38,
    "sleep(0), one task": 0.42,
    "sleep(0), 100 tasks": 0.75,
    "create_task and await": 0.55,
    "gather": 0.88,
    "future set and awaited": 0.55,
    "Queue": 0.70,
    "timeout": 0.65,
    "executor, one": 0.60,
    "executor, 100 at once": 0.25,
    "subprocess spawn": 0.35,
    "getaddrinfo of a literal": 1.0,
    "uvicorn plaintext": 0.92,
    "aiohttp server": 0.95,
}
