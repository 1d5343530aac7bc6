"""Reading scores with a character model: the search finds the text that all paths together and the model like best."""

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
import torch
import torchaudio
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from legato.app.engine.contract import Contract, TranscriptSettings
from legato.app.engine.errors import ModelError, UsageError
from legato.app.engine.session import Session
from legato.app.transcription.decoding import open_decoder
from legato.app.transcription.decoding.aligning import aligned
from legato.app.transcription.decoding.fusion import FusionDecoder, FusionSettings
from legato.app.transcription.decoding.prefixes import CharacterLanguage

LABELS = ("<blank>", " ", "a", "c", "h", "t")
WIDE = FusionSettings(weight=0.7, bonus=0.4, beam=5000, threshold=1e9, label=-1e9)


def contract(labels: tuple[str, ...] = LABELS) -> Contract:
    settings = TranscriptSettings(0.5, 1.0, 32, delay=0.0, confidence=(1.0, 1.0))
    return Contract(
        version=1,
        task="speech",
        cell="gru",
        labels=labels,
        sample_rate=16000,
        hop=640,
        lookahead=0.0,
        inputs=("audio", "lengths"),
        outputs=("scores",),
        states=(),
        settings=settings,
        provenance={},
    )


def made_up(frames: int, seed: int, sharpness: float = 2.0) -> NDArray[np.float32]:
    logits = sharpness * np.random.default_rng(seed).standard_normal((frames, len(LABELS)))
    logs: NDArray[np.float32] = (logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))).astype(np.float32)
    return logs


def likelihood(session: Session, text: str) -> float:
    """Log-probability of a plain line, its end included."""
    labels = session.contract.labels
    places = [labels.index(character) for character in f"\t{text}"]
    scores, _ = session.run(np.array([places]), session.initial_state())
    logs = scores[0].astype(np.float64)
    end = np.logaddexp(logs[-1, labels.index("\t")], logs[-1, labels.index("\n")])
    return float(sum(logs[row, place] for row, place in enumerate(places[1:])) + end)


def best_of_all(session: Session, scores: NDArray[np.float32], settings: FusionSettings) -> str:
    """The best text by summing every path there is."""
    sums: dict[str, float] = {}
    for path in itertools.product(range(len(LABELS)), repeat=len(scores)):
        log = sum(float(scores[frame, label]) for frame, label in enumerate(path))
        text = "".join(LABELS[label] for label, _ in itertools.groupby(path) if label)
        if text.startswith(" ") or "  " in text:
            continue
        sums[text] = np.logaddexp(sums.get(text, -math.inf), log)
    ranks = {
        text: log + settings.weight * likelihood(session, text) + settings.bonus * len(text)
        for text, log in sums.items()
    }
    return max(ranks, key=ranks.__getitem__)


@pytest.mark.parametrize("seed", range(12))
def test_a_wide_search_finds_the_best_of_all_texts(line_model: Path, seed: int) -> None:
    session = Session.open(line_model, "cpu")
    scores = made_up(5, seed)
    decoder = FusionDecoder(contract(), session, WIDE)
    found = "".join(LABELS[label] for label in decoder._best(scores))
    assert found == best_of_all(session, scores, WIDE)


def test_a_text_costs_what_the_model_says(line_model: Path) -> None:
    session = Session.open(line_model, "cpu")
    language = CharacterLanguage(session, LABELS)
    prefix = language.empty()
    for character in "that cat":
        prefix = prefix.child(LABELS.index(character))
        language.read([prefix])
    assert prefix.following is not None
    assert prefix.language + prefix.following[-1] == pytest.approx(likelihood(session, "that cat"), abs=1e-4)
    assert "".join(LABELS[label] for label in prefix.labels()) == "that cat"


def spoken(text: str, doubt: dict[int, str]) -> NDArray[np.float32]:
    """Scores that write a text, two frames a character and a blank; at some places another is a little likelier."""
    rows = []
    for place, character in enumerate(text):
        row = np.full(len(LABELS), 0.001)
        row[LABELS.index(character)] = 0.9
        if place in doubt:
            row[LABELS.index(character)], row[LABELS.index(doubt[place])] = 0.4, 0.55
        blank = np.full(len(LABELS), 0.001)
        blank[0] = 0.99
        rows += [row, row, blank]
    scores = np.array(rows)
    logs: NDArray[np.float32] = np.log(scores / scores.sum(axis=1, keepdims=True)).astype(np.float32)
    return logs


def test_what_was_heard_badly_is_spelled_as_the_model_knows_it(line_model: Path) -> None:
    scores = spoken("that cat", {2: "c", 5: "h"})
    words = open_decoder(contract(), language_model=line_model).decode(scores)
    assert [word.word for word in words] == ["that", "cat"]
    assert words[0].start == pytest.approx(0.0)
    assert words[0].end == pytest.approx(0.04 * 11)
    assert words[1].start == pytest.approx(0.04 * 15)
    assert all(0 < word.confidence < 1 for word in words)
    letters = FusionDecoder(contract(), Session.open(line_model, "cpu"), FusionSettings(weight=0.0, bonus=0.0))
    assert [word.word for word in letters.decode(scores)] == ["thct", "hat"]


def test_silence_says_nothing(line_model: Path) -> None:
    decoder = FusionDecoder(contract(), Session.open(line_model, "cpu"))
    silent = np.full((50, len(LABELS)), -20.0, np.float32)
    silent[:, 0] = 0.0
    assert decoder.decode(silent) == []
    assert decoder.decode(silent[:0]) == []


@given(seed=st.integers(0, 999), frames=st.integers(1, 30), count=st.integers(1, 8))
def test_alignment_is_torchaudios(seed: int, frames: int, count: int) -> None:
    labels = np.random.default_rng(seed).integers(1, len(LABELS), count).tolist()
    repeats = sum(first == second for first, second in itertools.pairwise(labels))
    scores = made_up(frames, seed)
    if frames < count + repeats:
        with pytest.raises(ValueError, match="too few"):
            aligned(scores, labels)
        return
    path = aligned(scores, labels)
    assert [label for label, _ in itertools.groupby(path.tolist()) if label] == labels
    theirs, logs = torchaudio.functional.forced_align(torch.from_numpy(scores)[None], torch.tensor([labels]))
    ours = sum(float(scores[frame, label]) for frame, label in enumerate(path))
    assert ours == pytest.approx(float(logs.sum()), abs=1e-3), theirs


def test_a_long_text_is_aligned() -> None:
    labels = [1 + place % 5 for place in range(300)]
    scores = made_up(900, 1)
    path = aligned(scores, labels)
    assert [label for label, _ in itertools.groupby(path.tolist()) if label] == labels


def test_what_cannot_be_used_is_told(line_model: Path, level_model: Path) -> None:
    with pytest.raises(UsageError, match="takes no --vocabulary"):
        open_decoder(contract(), language_model=line_model, vocabulary=["legato"])
    with pytest.raises(ModelError, match="needs a character model"):
        open_decoder(contract(), language_model=level_model)
    with pytest.raises(ModelError, match="none of the letters"):
        open_decoder(contract(("<blank>", " ", "я", "ж")), language_model=line_model)
