"""Every operation, cancelled at every await point: no leak, no foreign descriptor touched."""

from collections.abc import Callable

import pytest

from . import scenes_connect, scenes_process, scenes_server, scenes_sock
from .interrupt import Moment, Scene, interrupt
from .stage import Stage

SCENES = [
    *scenes_connect.program,
    *scenes_server.program,
    *scenes_sock.program,
    *scenes_process.program,
]


@pytest.mark.parametrize("moment", Moment, ids=lambda moment: moment.name.lower())
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_cancelled_anywhere_nothing_leaks(scene: Scene, moment: Moment, stage_of: Callable[[], Stage]) -> None:
    faults = interrupt(stage_of, scene, moment)
    assert not faults, "\n" + "\n".join(faults)
