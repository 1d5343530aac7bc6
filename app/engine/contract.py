"""What a model file promises: the JSON in its metadata entry `legato.contract`.

Letters: B batch, S samples, T frames, C labels, L layers, H hidden units.
"""

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from legato.app.engine.errors import ModelError
from legato.app.engine.fields import Fields, parse_object

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

VERSION = 1
METADATA_KEY = "legato.contract"
TENSORS = {"float32": "float", "float16": "float16", "float64": "double", "int64": "int64"}
"""The element types of states, and what ONNX Runtime calls them"""


@dataclass(frozen=True)
class StateSpec:
    """One tensor that a stream carries from call to call; zeros at its start."""

    name: str
    shape: tuple[int | None, ...]
    """None marks the batch axis, wherever it stands"""
    dtype: str

    @property
    def batch_axis(self) -> int:
        """Which axis is the batch."""
        return self.shape.index(None)

    def sized(self, batch: int) -> tuple[int, ...]:
        """The shape for `batch` streams."""
        return tuple(batch if size is None else size for size in self.shape)


@dataclass(frozen=True)
class DecoderSettings:
    """How scores become events."""

    thresholds: Mapping[str, float]
    """Smoothed probability, 0..1, at which each label fires"""
    smoothing: float
    """Seconds of moving average over the scores"""
    hysteresis: float
    """A label re-arms when its smoothed score falls below this share, 0..1, of its threshold"""
    refractory: float
    """Seconds after an event during which the same label is not reported again"""
    warmup: float
    """Seconds from a stream's start in which no event is produced"""
    delay: float
    """Seconds from a word's end to its usual event"""
    durations: Mapping[str, float]
    """Usual seconds of each label"""
    wake: tuple[str, ...]
    """Labels that are always listened for by default and open the command window"""
    command_window: float
    """Seconds after a wake event in which the other labels are reported"""
    conflict: float
    """Seconds: of different labels whose spans overlap and that fire within this, the first wins; 0 for off"""


@dataclass(frozen=True)
class TranscriptSettings:
    """How scores become text."""

    language_weight: float
    """Of the language model's logarithm against that of the scores"""
    word_bonus: float
    """Added to a text's logarithm for each word"""
    beam: int
    """Texts that are followed at once; 1 for the best label of every frame"""
    delay: float
    """Seconds from a word's beginning to the frame that writes its first letter, usually"""
    confidence: tuple[float, float]
    """Slope and offset of the logistic function of a word's certainty: minus the root of its letters' mean surprise"""
    blank: float = 0.0
    """Taken from the logarithm of every blank before texts are compared: models that CTC taught are too fond of it"""
    ending: float = 0.0
    """Seconds from the frame that writes a word's last letter to the word's end, usually; below 0 where that is late"""


@dataclass(frozen=True)
class LineSettings:
    """What a text's lines begin with."""

    written: str
    """The character before a line as people write it"""
    plain: str
    """That before one in lower case, letters and apostrophes only, as models of speech write; empty if there is none"""


Settings = DecoderSettings | TranscriptSettings | LineSettings

SPEECH = "speech"
"""The task whose models write text"""
CHARACTERS = "characters"
"""The task whose models tell which character comes next"""


@dataclass(frozen=True)
class Contract:
    """Everything that the runtime knows about a model."""

    version: int
    task: str
    cell: str
    labels: tuple[str, ...]
    """One name a column of the scores"""
    sample_rate: int
    """Hertz; for hands, the frames a second that cameras usually give; for text, the characters that people speak"""
    hop: int
    """Samples a frame of scores; 1 for hands and text"""
    lookahead: float
    """Seconds of input after a frame that its scores depend on"""
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    states: tuple[StateSpec, ...]
    settings: Settings
    """`decoder` in the file"""
    provenance: Mapping[str, Any]
    """Where the model comes from: data, command, metrics, revision; any JSON"""

    @property
    def decoder(self) -> DecoderSettings:
        """How scores become events; ModelError for a model that writes text."""
        if not isinstance(self.settings, DecoderSettings):
            use = "legato transcribe" if self.task == SPEECH else "legato complete and legato write"
            raise ModelError(f"the model spots nothing: use it with {use}")
        return self.settings

    @property
    def transcript(self) -> TranscriptSettings:
        """How scores become text; ModelError for a model that spots events."""
        if not isinstance(self.settings, TranscriptSettings):
            raise ModelError(f"the model is for {self.task} and writes nothing down")
        return self.settings

    @property
    def lines(self) -> LineSettings:
        """What lines begin with; ModelError for a model that knows no text."""
        if not isinstance(self.settings, LineSettings):
            raise ModelError(f"the model is for {self.task} and knows no text")
        return self.settings

    @property
    def hop_seconds(self) -> float:
        """Seconds a frame of scores."""
        return self.hop / self.sample_rate

    def to_json(self) -> str:
        """The contract as `from_json` reads it. ValueError where provenance holds what JSON cannot."""
        entries = dataclasses.asdict(self)
        entries["decoder"] = entries.pop("settings")
        return json.dumps(entries, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str, source: str) -> "Contract":
        """The contract in `text`, read from the file `source`.

        ModelError, naming the file and the field, for an unknown version, a missing field, a wrong type or range.
        Fields that this version does not know are left aside.
        """
        fields = parse_object(text, source)
        _check_version(fields)
        labels, task, decoder = fields.strings("labels"), fields.string("task"), fields.nested("decoder")
        return cls(
            version=VERSION,
            task=task,
            cell=fields.string("cell"),
            labels=labels,
            sample_rate=fields.integer("sample_rate", least=1),
            hop=fields.integer("hop", least=1),
            lookahead=fields.number("lookahead"),
            inputs=fields.strings("inputs"),
            outputs=fields.strings("outputs"),
            states=_states(fields),
            settings=_settings(task, decoder, labels),
            provenance=fields.mapping("provenance"),
        )


def _check_version(fields: Fields) -> None:
    version = fields.integer("version", least=1)
    if version > VERSION:
        raise fields.error("version", f"is {version}, from a newer legato; this one reads {VERSION}: update legato")


def _states(fields: Fields) -> tuple[StateSpec, ...]:
    values = fields.items("states")
    states = tuple(_state(Fields(value, fields.source, f"states.{i}")) for i, value in enumerate(values))
    if len({state.name for state in states}) != len(states):
        raise fields.error("states", "names a state twice")
    return states


def _state(fields: Fields) -> StateSpec:
    shape = fields.items("shape")
    for size in shape:
        if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 1):
            raise fields.error("shape", f"must hold positive integers and null, not {json.dumps(size)}")
    if shape.count(None) != 1:
        raise fields.error("shape", "must mark the batch axis with exactly one null")
    dtype = fields.string("dtype")
    if dtype not in TENSORS:
        raise fields.error("dtype", f"must be one of {', '.join(TENSORS)}, not {dtype!r}")
    return StateSpec(fields.string("name"), shape, dtype)


def _settings(task: str, fields: Fields, labels: tuple[str, ...]) -> Settings:
    if task == SPEECH:
        return _transcript(fields)
    return _lines(fields, labels) if task == CHARACTERS else _decoder(fields, labels)


def _lines(fields: Fields, labels: tuple[str, ...]) -> LineSettings:
    written, plain = fields.string("written"), fields.value("plain")
    for name, mark in (("written", written), ("plain", plain)):
        if mark != "" and mark not in labels:
            raise fields.error(name, f"is {mark!r}, which is none of the labels")
    return LineSettings(written, plain)


def _decoder(fields: Fields, labels: tuple[str, ...]) -> DecoderSettings:
    wake = fields.strings("wake", empty=True)
    for name in wake:
        if name not in labels:
            raise fields.error("wake", f"names {name!r}, which is none of the labels")
    return DecoderSettings(
        thresholds=fields.numbers("thresholds", labels, most=1.0),
        smoothing=fields.number("smoothing"),
        hysteresis=fields.number("hysteresis", most=1.0),
        refractory=fields.number("refractory"),
        warmup=fields.number("warmup"),
        delay=fields.number("delay"),
        durations=fields.numbers("durations", labels),
        wake=wake,
        command_window=fields.number("command_window"),
        conflict=fields.number("conflict"),
    )


def _transcript(fields: Fields) -> TranscriptSettings:
    slope, offset = fields.pair("confidence")
    return TranscriptSettings(
        language_weight=fields.number("language_weight"),
        word_bonus=fields.number("word_bonus", least=-math.inf),
        beam=fields.integer("beam", least=1),
        delay=fields.number("delay"),
        confidence=(slope, offset),
        blank=fields.number("blank") if "blank" in fields else 0.0,
        ending=fields.number("ending", least=-math.inf) if "ending" in fields else 0.0,
    )


def read_contract(session: "InferenceSession", source: str) -> Contract:
    """The contract in the metadata of the file `source`; ModelError where there is none or a broken one."""
    text = session.get_modelmeta().custom_metadata_map.get(METADATA_KEY)
    if text is None:
        raise ModelError(f"{source}: no {METADATA_KEY!r} in its metadata; this is not a legato model")
    return Contract.from_json(text, source)
