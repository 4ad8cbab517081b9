"""whorl under the real packages: asyncio's runners, anyio, uvicorn, aiohttp and pytest-asyncio, each its own test.

``served``
    The ASGI application that uvicorn serves in a process of its own.
"""
