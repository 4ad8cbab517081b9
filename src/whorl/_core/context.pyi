from contextvars import Context
from typing import Any

def context_with(variables: Any) -> Context: ...
