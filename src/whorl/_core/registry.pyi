from typing import final

class Watch:
    @property
    def fd(self) -> int: ...

@final
class Registry:
    def close(self) -> None: ...

def system_error(code: int, doing: str | None = None) -> OSError: ...
