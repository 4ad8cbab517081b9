"""The programs in ``examples/``, as a reader runs them."""
