"""Tests of ``whorl.offload``, on whorl's loop and on asyncio's."""
