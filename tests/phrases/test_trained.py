"""Phrases with a network of their own: kept, found, and listened with."""

from pathlib import Path

import pytest

from legato.app import assets
from legato.app.cli import tune
from legato.app.cli.spotting import open_spotter
from legato.app.engine.spotter import Spotter
from legato.app.phrases import learned, trained
from legato.app.phrases.learned import Learned
from legato.app.phrases.spotter import Chorus, PhraseSpotter


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(trained, "FOLDER", tmp_path / "phrases")
    monkeypatch.setattr(learned, "FOLDER", tmp_path / "keywords")
    return tmp_path / "phrases"


def test_a_network_is_kept_and_found_however_the_phrase_is_capitalised(folder: Path, tmp_path: Path) -> None:
    assert trained.find("open the door") is None
    (tmp_path / "model").write_bytes(b"a model")
    trained.keep("open the door", tmp_path / "model")
    assert trained.find("Open the door!") == folder / "open_the_door.onnx"
    (tmp_path / "model").write_bytes(b"another")
    trained.keep("open the door", tmp_path / "model")
    assert trained.path_of("open the door").read_bytes() == b"another"
    assert len(list(folder.iterdir())) == 1


def test_it_listens_for_its_phrase_and_others_for_the_rest() -> None:
    trained.keep("open the door", assets.KEYWORDS)
    spotter, rate = open_spotter(assets.KEYWORDS, "cpu", ["open the door"], None)
    assert isinstance(spotter, Spotter)
    assert not isinstance(spotter, PhraseSpotter)
    assert spotter.model.path == trained.path_of("open the door")
    assert rate == 16_000
    chorus, _ = open_spotter(assets.KEYWORDS, "cpu", ["stop", "open the door", "good night"], None)
    assert isinstance(chorus, Chorus)
    assert [type(one) for one in chorus._spotters] == [Spotter, Spotter, PhraseSpotter]
    assert chorus._spotters[2].model.contract.labels == ("good night",)


def test_its_threshold_is_tuned(level_model: Path) -> None:
    trained.keep("hey", level_model)
    ears, spelled = tune._ears("hey", None, "cpu")
    assert ears.path == trained.path_of("hey")
    assert spelled is None
    trained.path_of("hey").unlink()
    ears, spelled = tune._ears("hey", None, "cpu")
    assert ears.path == assets.LIVE_SPEECH
    assert spelled is not None


def test_what_was_learned_from_recordings_comes_first() -> None:
    trained.keep("open the door", assets.KEYWORDS)
    Learned("open the door", ("open the door",), 0.3, 3, assets.LIVE_SPEECH.name).save(learned.path_of("open the door"))
    spotter, _ = open_spotter(assets.KEYWORDS, "cpu", ["open the door"], None)
    assert isinstance(spotter, PhraseSpotter)
