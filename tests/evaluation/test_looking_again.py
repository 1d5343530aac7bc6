"""False alarms with and without a second look."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from legato.app.engine.session import Session
from legato.app.evaluation.keywords import Options
from legato.app.evaluation.listening import Playing, listen
from legato.app.evaluation.looking_again import gains
from legato.app.evaluation.manifest import read_manifest


class Level:
    """A second look that tells words from false alarms by how loud they are."""

    seconds = 0.2

    def score(self, label: str, sound: NDArray[np.float32]) -> float:
        return 1.0 if np.abs(sound).max() > 0.4 else 0.1


def test_false_alarms_are_vetoed_at_equal_recall(say: Any, list_recordings: Any, model: Path) -> None:
    say("a.wav", 2.0, [("low", 0.5, 0.8), ("low", 1.2, 1.6)], amplitude=0.5)
    say("b.wav", 1.0, [("low", 0.3, 0.5)], amplitude=0.3)
    manifest = read_manifest(
        list_recordings(
            {"path": "a.wav", "label": "low", "start": 0.5, "end": 0.8},
            {"path": "a.wav", "label": "low", "start": 1.2, "end": 1.6},
            {"path": "b.wav"},
        )
    )
    session = Session.open(model, "cpu")
    take = listen(session, manifest.recordings, Playing(keep=True))
    assert take.sound is not None
    assert len(take.sound) == len(take.scores) * session.contract.hop
    best = gains(take, session.contract, Options(("low",), 0.05), Level())[0]
    assert (best.recall.count, best.recall.total) == (2, 2)
    assert best.together.count == 0
    assert best.alone.count in {0, 1}
    with pytest.raises(ValueError, match="the sound that was played"):
        gains(replace(take, sound=None), session.contract, Options(("low",)), Level())
