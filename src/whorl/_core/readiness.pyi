from typing import final

from whorl._core.registry import Watch

@final
class Readiness(Watch): ...
