"""The laboratory's sections: what each measures, in pieces of work that run side by side, and what it tells of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from legato.app.evaluation.intervals import Share
from legato.training.lab import bill, figures, flows, inside, memory
from legato.training.lab.bill import BillConfig
from legato.training.lab.flows import FlowConfig
from legato.training.lab.inside import Looked
from legato.training.lab.memory import Memory, MemoryConfig
from legato.training.lab.nets import NAMES
from legato.training.lab.report import Section, bill_table, memory_table
from legato.training.lab.spoken import Spoken

Work = Callable[[], Any]

SECTIONS = ("memory", "gradients", "bill", "inside")
"""Their names, in the report's order"""


@dataclass(frozen=True)
class LabConfig:
    """What is measured, and how long that may take."""

    sections: tuple[str, ...] = SECTIONS
    memory: MemoryConfig = field(default_factory=MemoryConfig)
    flow: FlowConfig = field(default_factory=FlowConfig)
    bill: BillConfig = field(default_factory=BillConfig)
    words: float = 60.0
    """Seconds in which each cell learns spoken words, where there are some."""

    def quick(self) -> "LabConfig":
        """The same in a minute and a half: one seed, three lags."""
        return replace(
            self,
            memory=replace(self.memory, lags=(10, 30, 100), seeds=1, first=700, steps=150),
            flow=replace(self.flow, learned=20, lag=100),
            bill=replace(self.bill, times=3, streamed=100),
            words=10.0,
        )


def works(config: LabConfig, spoken: Spoken | None) -> dict[str, Work]:
    """All pieces of work by name, those that take longest first; each may run in a process of its own."""
    found: dict[str, Work] = {}
    if "memory" in config.sections:
        for one in memory.attempts(config.memory):
            found[f"memory/{one.task}/{one.cell}/{one.seed}"] = partial(memory.attempt, one, config.memory)
    if "gradients" in config.sections:
        for kind in NAMES:
            found[f"learned/{kind}"] = partial(flows.after_learning, kind, config.flow)
        for name, how in _CLIPPING.items():
            found[f"clipping/{name}"] = partial(flows.clipping, how, config.flow)
        found["truncation/whole"] = partial(flows.truncation, 0, config.flow)
        found["truncation/cut"] = partial(flows.truncation, config.flow.cut, config.flow)
        found["start"] = partial(flows.at_start, config.flow)
    if "bill" in config.sections and spoken is not None:
        for kind in NAMES:
            found[f"words/{kind}"] = partial(spoken.learn, kind, config.words)
    return found


def alone(config: LabConfig) -> dict[str, Work]:
    """Pieces of work whose time is measured: nothing else may run beside them."""
    return (
        {f"bill/{kind}": partial(bill.bill, kind, config.bill) for kind in NAMES} if "bill" in config.sections else {}
    )


_CLIPPING = {"without clipping": "none", "clipped by norm": "norm", "clipped by value": "value"}


def figures_of(config: LabConfig, results: Mapping[str, Any]) -> dict[str, Any]:
    """All that was measured, as JSON takes it."""

    def named(prefix: str) -> dict[str, Any]:
        return {name.removeprefix(prefix): one for name, one in results.items() if name.startswith(prefix)}

    told: dict[str, Any] = {}
    if "memory" in config.sections:
        found: list[Memory] = list(named("memory/").values())
        told["memory"] = memory.summary(found, config.memory)
    if "gradients" in config.sections:
        told["gradients"] = {
            **results["start"],
            "learned": {kind: results[f"learned/{kind}"] for kind in NAMES},
            "clipping": {name: results[f"clipping/{name}"] for name in _CLIPPING},
            "truncation": {name: results[f"truncation/{name}"] for name in ("whole", "cut")},
        }
    if "bill" in config.sections:
        told["bill"] = {"cells": {kind: results[f"bill/{kind}"] for kind in NAMES}}
        if words := named("words/"):
            told["bill"]["words"] = {
                kind: {**one, "interval": list(Share(one["right"], one["words"]).interval)}
                for kind, one in words.items()
            }
    return told


def sections_of(told: Mapping[str, Any], looked: Looked | None) -> list[Section]:
    """The report's sections of what was measured, and of what was seen inside a cell."""
    found = [make(told[name]) for name, make in _MAKERS.items() if name in told]
    return [*found, _inside(told["inside"], looked)] if looked else found


def _memory(told: Mapping[str, Any]) -> Section:
    config = told["config"]
    return Section(
        "Memory",
        "How far back can a cell remember? Each learns a task at a short lag between what matters and the question, "
        "then at longer ones, until it fails; after that it is only tried. Lines are means over seeds, bands reach "
        "from the worst seed to the best, the solid grey line is what one scores who remembers nothing, the dotted one "
        f"what counts as solved. {config['hidden']} units; gates begin with remembering 1 to {config['spread']} steps, "
        "the vanilla cell's recurrent weights with a rotation. A sum, halved, is right within 0.1.",
        (figures.memory(told), memory_table(told)),
        memory.findings(dict(told)),
    )


def _gradients(told: Mapping[str, Any]) -> Section:
    return Section(
        "Gradients through time",
        "Learning sends the error back through every step. Drawn is the norm of the loss's gradient with respect to "
        "the state, against the lag: a line that falls is a gradient that vanishes, one that rises one that explodes. "
        "Then the remedies: clipping the gradient by its norm or value by value, and what truncation costs.",
        (figures.beginnings(told), figures.learned(told["learned"]), figures.remedies(told)),
        flows.findings(dict(told)),
    )


def _bill(told: Mapping[str, Any]) -> Section:
    shown = (
        "What the gates cost: parameters, a pass forward and a step of learning on one core, what back-propagation has "
        "to keep, and a frame through a keyword network of two layers in ONNX Runtime."
    )
    if "words" not in told:
        shown += " How well each cell tells spoken words apart is measured where --data names recordings."
    return Section("The bill", shown, (figures.bill(told), bill_table(told)), bill.findings(dict(told)))


def _inside(told: Mapping[str, Any], looked: Looked) -> Section:
    return Section(
        "Inside",
        "The keyword network that comes with the package hears its short recording: spectrogram, scores, and the units "
        "of its last layer that do most. Computed from the weights in the file, they differ from the "
        f"model's own states by at most {looked.difference:.1e}.",
        (figures.inside(looked),),
        inside.findings(dict(told)),
    )


_MAKERS: dict[str, Callable[[Mapping[str, Any]], Section]] = {
    "memory": _memory,
    "gradients": _gradients,
    "bill": _bill,
}


def known(names: Sequence[str]) -> tuple[str, ...]:
    """Sections by name, in the report's order; ValueError for one that there is not."""
    for name in names:
        if name not in SECTIONS:
            raise ValueError(f"there is no section {name!r}; known are {', '.join(SECTIONS)}")
    return tuple(name for name in SECTIONS if name in names)
