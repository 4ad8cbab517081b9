from typing import Any, final

from whorl._core.handle import Handle

@final
class CallSoon:
    @property
    def __wrapped__(self) -> Any: ...
    def __get__(self, instance: Any, owner: type | None) -> Any: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Handle: ...

CALL_SOON: CallSoon
