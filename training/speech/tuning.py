"""How a speech model is best read: settings of the decoder, sought on recordings whose texts are known.

Letters: S samples, T frames, C labels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from legato.app.devices.media import MediaFile
from legato.app.engine.contract import Contract, TranscriptSettings
from legato.app.engine.session import Session
from legato.app.evaluation.speech import Calibration, Heard, Rates, TimeErrors, plain
from legato.app.evaluation.spoken import Spoken, Timed
from legato.app.transcription.decoding.greedy import GreedyDecoder
from legato.app.transcription.decoding.language import Language
from legato.app.transcription.decoding.placing import logistic
from legato.app.transcription.decoding.search import BeamDecoder
from legato.app.transcription.words import Decoder, Floats

_TAIL = 0.3
"""Seconds of silence in which the last letters may still be written"""

Timetable = dict[str, tuple[Timed, ...]]


@dataclass(frozen=True)
class TuningConfig:
    """Where settings are sought."""

    weight: float = 0.9
    """Of the language model, to begin with"""
    bonus: float = -1.5
    """Of a word, to begin with"""
    blank: float = 1.5
    """Taken from blanks, to begin with"""
    steps: tuple[float, float, float] = (0.2, 1.0, 1.0)
    """Of these three; they are halved where no step is better"""
    finest: float = 0.25
    """Share of the first steps below which the search ends"""
    beams: tuple[int, ...] = (40, 160, 320, 640, 1000)
    """The third of these is used while the others are sought"""
    slack: float = 0.004
    """Word error rate that a narrower beam may cost"""


@dataclass(frozen=True)
class Sample:
    """The scores of a recording."""

    spoken: Spoken
    scores: Floats
    """(T, C)"""
    seconds: float


def samples_of(session: Session, recordings: Sequence[Spoken], advance: Callable[[], None]) -> list[Sample]:
    """The scores of whole recordings; SourceError for one that cannot be read."""
    found = []
    for one in recordings:
        sound = _sound(one.path, session.contract.sample_rate)
        found.append(Sample(one, _scores(session, sound), len(sound) / session.contract.sample_rate))
        advance()
    return found


def _scores(session: Session, sound: Floats) -> Floats:
    """(T, C) of samples (S,), by either kind of model; one for live sound gets silence behind them."""
    contract = session.contract
    whole = "lengths" in contract.inputs
    padded = np.pad(sound, (0, 0 if whole else round((_TAIL + contract.lookahead) * contract.sample_rate)))
    padded = np.pad(padded, (0, -len(padded) % contract.hop))[None]
    scores = session.whole(padded, np.array([len(sound)], np.int64)) if whole else session.stream().step(padded)
    return np.asarray(scores[0], np.float32)


def _sound(path: Path, rate: int) -> Floats:
    """The samples (S,)."""
    with MediaFile(path, rate) as file:
        return np.concatenate(list(file.blocks()))


def read_all(decoder: Decoder, samples: Sequence[Sample]) -> list[Heard]:
    """What the decoder finds in each."""
    return [Heard(one.spoken, plain(decoder.decode(one.scores)), one.seconds) for one in samples]


def word_error_rate(decoder: Decoder, sets: Sequence[Sequence[Sample]]) -> float:
    """The mean over the sets, each of which counts alike."""
    return float(np.mean([Rates.of(read_all(decoder, samples)).words.value for samples in sets]))


def tuned(
    contract: Contract,
    language: Language,
    sets: Sequence[Sequence[Sample]],
    times: Timetable,
    config: TuningConfig,
    *,
    tell: Callable[[str], None],
) -> TranscriptSettings:
    """The settings that read the sets with the fewest wrong words, and with times and confidences that can be believed.

    `tell` is told what is tried.
    """
    trial = partial(_trial, contract, language, sets, tell)
    settings = _narrowest(trial, _weighed(trial, replace(contract.transcript, beam=config.beams[2]), config), config)
    plainly = replace(settings, delay=0.0, ending=0.0, confidence=(1.0, 0.0))
    decoder = BeamDecoder(replace(contract, settings=plainly), language)
    heard = [one for samples in sets for one in read_all(decoder, samples)]
    late = TimeErrors.of(heard, times)
    if late.starts:
        delay, ending = max(0.0, float(np.median(late.starts))), -float(np.median(late.ends))
        settings = replace(settings, delay=round(delay, 3), ending=round(ending, 3) + 0.0)  # never -0.0
    return replace(settings, confidence=_fitted(Calibration.of(heard)))


def letter_by_letter(contract: Contract, sets: Sequence[Sequence[Sample]]) -> float:
    """The word error rate without a language model, for comparison."""
    return word_error_rate(GreedyDecoder(contract), sets)


def _trial(
    contract: Contract,
    language: Language,
    sets: Sequence[Sequence[Sample]],
    tell: Callable[[str], None],
    settings: TranscriptSettings,
) -> float:
    """The word error rate with these settings."""
    rate = word_error_rate(BeamDecoder(replace(contract, settings=settings), language), sets)
    tell(
        f"weight {settings.language_weight:.3f}  bonus {settings.word_bonus:.3f}  blank {settings.blank:.3f}  "
        f"beam {settings.beam}: "
        f"{100 * rate:.2f} % of words wrong"
    )
    return rate


_Trial = Callable[[TranscriptSettings], float]


def _weighed(trial: _Trial, settings: TranscriptSettings, config: TuningConfig) -> TranscriptSettings:
    """With the best weight, bonus and blank that steps up and down lead to."""
    known: dict[tuple[float, ...], float] = {}

    def at(place: tuple[float, ...]) -> TranscriptSettings:
        return replace(settings, language_weight=place[0], word_bonus=place[1], blank=place[2])

    def rate(place: tuple[float, ...]) -> float:
        if place not in known:
            known[place] = trial(at(place))
        return known[place]

    best: tuple[float, ...] = (config.weight, config.bonus, config.blank)
    scale = 1.0
    while scale >= config.finest:
        before = best
        for axis, step in enumerate(config.steps):
            ways = (_moved(best, axis, scale * way) for way in (step, -step))
            best = next((place for place in ways if rate(place) < rate(best)), best)
        if best == before:
            scale /= 2
    return at(best)


def _moved(place: tuple[float, ...], axis: int, step: float) -> tuple[float, ...]:
    """A step along an axis; weight and what is taken from blanks stay at 0 or above."""
    moved = round(place[axis] + step, 4)
    return (*place[:axis], moved if axis == 1 else max(0.0, moved), *place[axis + 1 :])


def _narrowest(trial: _Trial, settings: TranscriptSettings, config: TuningConfig) -> TranscriptSettings:
    """With the narrowest beam that is about as good as the widest."""
    rates = {beam: trial(replace(settings, beam=beam)) for beam in config.beams}
    enough = min(rates.values()) + config.slack
    return replace(settings, beam=min(beam for beam, rate in rates.items() if rate <= enough))


def _fitted(plainly: Calibration) -> tuple[float, float]:
    """Slope and offset that make confidences of logistic(certainty) likeliest, by Newton's method.

    A little ridge keeps them finite where all words are right, or all wrong.
    """
    if not plainly.right:
        return 1.0, 0.0
    sure = np.clip(np.array(plainly.confidences), 1e-12, 1 - 1e-12)
    inputs: NDArray[np.float64] = np.stack([np.log(sure / (1 - sure)), np.ones(len(sure))], axis=1)
    right = np.array(plainly.right, np.float64)
    weights = np.array([1.0, 0.0])
    for _ in range(50):
        chances = np.array([logistic(value) for value in inputs @ weights])
        slope = inputs.T @ (right - chances) - 1e-3 * weights
        curve = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + 1e-3 * np.eye(2)
        weights = weights + np.linalg.solve(curve, slope)
    return round(float(weights[0]), 4), round(float(weights[1]), 4)
