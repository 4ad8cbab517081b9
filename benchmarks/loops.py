"""How each peer makes its loop. Imported in the processes that are measured: a peer is loaded only if asked for."""

import asyncio


def new_loop(peer: str) -> asyncio.AbstractEventLoop:
    loop: asyncio.AbstractEventLoop
    if peer == "asyncio":
        loop = asyncio.SelectorEventLoop()
    elif peer == "whorl":
        import whorl

        loop = whorl.new_event_loop()
    elif peer == "uvloop":
        import uvloop

        loop = uvloop.new_event_loop()
    elif peer == "rloop":
        import rloop

        loop = rloop.new_event_loop()
    elif peer in ("aiofastnet", "aiofastnet+uvloop"):
        import aiofastnet

        _, _, base = peer.partition("+")
        loop = aiofastnet.patch_loop(new_loop(base or "asyncio"))
    elif peer == "C":
        from benchmarks import least

        loop = least.new_loop()
    else:
        raise ValueError(f"{peer!r} is no event loop")
    return loop
