"""Old programs that ``whorl upgrade`` leaves to their owner, or warns of, each with words of a reason that it gives.

A program that is listed here and goes through fails the test, as does one that is refused and not listed.
"""

# Their upgrade warns, in these words, that they will not show what they did: the exceptions' classes have changed.
WARNED = {"excepts_of_then": "warning (cancelled)"}

REFUSED = {
    # `asyncio.coroutine` as a value: what it is given is known only when the program runs.
    "coroutine_as_function": "coroutine_as_function.py:20: refused (as_function)",
    "handlers_by_kind": "handlers_by_kind.py:14: refused (as_function)",
    "rate_limiter": "rate_limiter.py:46: refused (as_function)",
    "unit_tests": "unit_tests.py:10: refused (as_function)",
    # A decorator that expects a generator function.
    "decorators_odd": "decorators_odd.py:34: refused (decorator)",
    # Generators that are iterated over, or wait for no awaitable.
    "empty_yields": "empty_yields.py:7: refused (iterable)",
    "stopiteration_values": "stopiteration_values.py:40: refused (iterable)",
    "trollius_none": "trollius_none.py:35: refused (bare_yield)",
    "trollius_old_forms": "trollius_old_forms.py:36: refused (bare_yield)",
    "yield_none": "yield_none.py:11: refused (bare_yield)",
    # A function that is no generator and may return something to wait for.
    "patching_asyncio": "patching_asyncio.py:40: refused (may_await)",
    # `async` and `await` as names that other modules may use.
    "fstrings": "fstrings.py:6: refused (keyword)",
    "modules_names": "modules_names/conf.py:1: refused (keyword)",
    "names_async_await": "names_async_await.py:6: refused (keyword)",
    # The loop is in a dictionary, and nothing there may take one.
    "loop_in_options": "loop_in_options.py:8: refused (loop_options)",
    # Python 2.
    "trollius2_print": "trollius2_print.py: left as it is",
    "trollius2_servers": "trollius2_servers.py: left as it is",
}
