from typing import Any, final

@final
class CallSoon:
    __name__: str
    @property
    def __wrapped__(self) -> Any: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
    def __get__(self, instance: Any, owner: type | None = None, /) -> Any: ...

CALL_SOON: CallSoon
