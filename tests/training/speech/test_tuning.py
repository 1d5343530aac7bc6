import json
import math
import wave
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from legato.app.cli.main import main
from legato.app.engine.contract import VERSION, Contract, TranscriptSettings
from legato.app.engine.session import Session
from legato.app.evaluation.speech import Calibration
from legato.app.evaluation.spoken import Spoken, Timed
from legato.app.transcription.decoding.language import read_language
from legato.export.file import written
from legato.export.speech import speech_contract, speech_model
from legato.models.speech import speech_net
from legato.training.speech.task import SpeechRecipe
from legato.training.speech.tuning import Sample, TuningConfig, _fitted, letter_by_letter, tuned

LABELS = ("<blank>", " ", "'", *"abcdefghijklmnopqrstuvwxyz")
LANGUAGE = Path(__file__).parents[2] / "transcription" / "words.klm"
TEXTS = ("we see the old man", "there is a plane over there", "he is in the jungle", "it is their plane")


def contract() -> Contract:
    return Contract(
        version=VERSION,
        task="speech",
        cell="gru",
        labels=LABELS,
        sample_rate=16000,
        hop=480,
        lookahead=0.0,
        inputs=("audio", "lengths"),
        outputs=("scores",),
        states=(),
        settings=TranscriptSettings(0.0, 0.0, 1, 0.5, (1.0, 0.0)),
        provenance={},
    )


def sample(text: str, seed: int) -> Sample:
    """Letters in every other frame from the fourth on, some of them taken for others."""
    chance = np.random.default_rng(seed)
    chances: NDArray[np.float64] = np.full((2 * len(text) + 9, len(LABELS)), 0.001)
    chances[:, 0] = 1.0
    for place, character in enumerate(text):
        frame = chances[2 * place + 4]
        frame[0] = 0.001
        frame[LABELS.index(character)] = 1.0
        if character != " " and chance.random() < 0.15:
            frame[chance.integers(3, len(LABELS))] = 1.3
    scores = np.log(chances / chances.sum(axis=1, keepdims=True)).astype(np.float32)
    return Sample(Spoken(Path("x.wav"), f"{seed}.wav", seed, text, {}), scores, 0.03 * len(chances))


def timed(one: Sample) -> tuple[Timed, ...]:
    """The words as they were said: they begin 90 ms before the frames that write them, and end 60 ms after."""
    words, place = [], 0
    for word in one.spoken.text.split():
        start = 0.03 * (2 * place + 4)
        words.append(Timed(word, start - 0.09, start + 0.03 * (2 * len(word) - 1) + 0.06))
        place += len(word) + 1
    return tuple(words)


def test_settings_that_read_best_are_found() -> None:
    sets = [[sample(text, 10 * k + n) for n, text in enumerate(TEXTS)] for k in range(2)]
    times = {one.spoken.name: timed(one) for one in sets[0]}
    told: list[str] = []
    config = TuningConfig(0.01, -4.0, 0.0, steps=(0.4, 2.0, 1.0), finest=0.5, beams=(1, 4, 16, 32, 64))
    settings = tuned(contract(), read_language(LANGUAGE), sets, times, config, tell=told.append)
    first, rates = told[0], [float(line.partition(": ")[2].partition(" %")[0]) for line in told]
    assert first.startswith("weight 0.410  bonus -4.000  blank 0.000  beam 16: ")
    assert min(rates) < 0.6 * 100 * letter_by_letter(contract(), sets)
    assert settings.language_weight > 0.01
    assert settings.beam in config.beams
    chosen = f"weight {settings.language_weight:.3f}  bonus {settings.word_bonus:.3f}  "
    chosen += f"blank {settings.blank:.3f}  beam {settings.beam}: "
    (rate,) = {line.removeprefix(chosen) for line in told if line.startswith(chosen)}
    assert float(rate.partition(" %")[0]) <= min(rates) + 100 * config.slack
    assert settings.delay == pytest.approx(0.09, abs=1e-6)
    assert settings.ending == pytest.approx(0.06, abs=1e-6)


def test_confidences_are_fitted_to_what_is_right() -> None:
    chance = np.random.default_rng(2)
    values = chance.uniform(-4, 0, 4000)
    right = chance.random(4000) < 1 / (1 + np.exp(-(2.0 * values + 3.0)))
    plainly = Calibration(tuple(1 / (1 + np.exp(-values))), tuple(map(bool, right)))
    slope, offset = _fitted(plainly)
    assert slope == pytest.approx(2.0, abs=0.2)
    assert offset == pytest.approx(3.0, abs=0.3)


@pytest.mark.parametrize("right", [True, False])
def test_confidences_stay_finite_where_all_is_right_or_wrong(right: bool) -> None:
    slope, offset = _fitted(Calibration((0.4, 0.45), (right, right)))
    assert math.isfinite(slope)
    assert (offset > 0) == right
    assert _fitted(Calibration((), ())) == (1.0, 0.0)


@pytest.mark.parametrize("bidirectional", [True, False])
def test_a_models_settings_are_written_into_it(
    recipe: SpeechRecipe, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, bidirectional: bool
) -> None:
    recipe = replace(recipe, bidirectional=bidirectional)
    torch.manual_seed(1)
    net = speech_net(recipe.network)
    plain = TranscriptSettings(language_weight=0.5, word_bonus=1.0, beam=32, delay=0.0, confidence=(1.0, 1.0))
    model, out = tmp_path / "speech.onnx", tmp_path / "tuned.onnx"
    with written(speech_model(net, speech_contract(recipe.network, plain, {"data": "made up"})), model):
        pass
    chance = np.random.default_rng(1)
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", "NONE"))
        file.writeframes(chance.integers(-3000, 3000, 16000).astype("<i2").tobytes())
    manifest = tmp_path / "m.tsv"
    manifest.write_text("path\ttext\na.wav\ta cab\n")
    options = ["-o", str(out), "--language-model", str(LANGUAGE)]
    assert main(["train", "speech-decoder", str(model), str(manifest), *options]) == 0
    told = capsys.readouterr().out
    found = Session.open(out).contract
    assert f"beam={found.transcript.beam}" in told
    assert found.transcript.beam in TuningConfig().beams
    assert found.provenance["data"] == "made up"
    assert found.provenance["decoder"].startswith("legato ")
    before = json.loads(Session.open(model).contract.to_json())
    after = json.loads(found.to_json())
    assert {name for name in before if before[name] != after[name]} == {"decoder", "provenance"}
    assert set(asdict(found.transcript)) == set(before["decoder"])
