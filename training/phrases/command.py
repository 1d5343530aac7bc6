"""`legato train keywords --phrase`: from typed phrases to a network that hears them, with a report of how well."""

import time
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import Progress

from legato.app import assets
from legato.app.engine.errors import UsageError
from legato.app.engine.session import Session
from legato.app.phrases.spelling import ENGLISH, spelled
from legato.app.transcription.decoding.language import read_language
from legato.app.transcription.texts import normalise
from legato.export.command import export
from legato.export.rebuild import rebuild
from legato.models.keyword import KeywordNet
from legato.training.alignment import SAMPLE_RATE
from legato.training.augment import AugmentConfig, Samples
from legato.training.calibration import calibrate
from legato.training.corpus import Shard, build_shard, open_shard
from legato.training.keywords import KeywordObjective, KeywordRecipe, LossConfig
from legato.training.loop import Loop, LoopConfig, Place, carry_out
from legato.training.phrases.engines import Engine
from legato.training.phrases.near_misses import near_misses
from legato.training.phrases.reporting import Measured, measure, write_report
from legato.training.phrases.speaking import SENTENCES, SOURCE, Amounts, Script, estimate, scripts, speak
from legato.training.provenance import command, revision
from legato.training.saving import save_model
from legato.training.sources import read_manifest
from legato.training.streams import StreamConfig, Streams

NEAR = 120
"""Texts near each phrase that are chosen"""
STEPS = 450
_DEV_STREAMS = 24
_TOLD = 50
"""Clips after which a line tells how many there are, where no bar does"""
_TRIAL = 2
"""Steps whose time is measured for the estimate"""

console = Console(stderr=True)


@dataclass(frozen=True)
class Request:
    """What is asked for."""

    phrases: tuple[str, ...]
    out: Path
    engines: tuple[Engine, ...]
    amounts: Amounts
    steps: int
    others: tuple[Shard, ...]
    """Recordings that are there besides, in which the phrases are not, or are known to be"""
    rooms: tuple[Samples, ...]
    alarms: float
    """Allowed an hour of each phrase"""
    seed: int = 1


def checked(phrases: Sequence[str]) -> tuple[str, ...]:
    """The phrases as labels, each once; UsageError for one that nobody can listen for."""
    for phrase in phrases:
        spelled(phrase, ENGLISH)
    return tuple(dict.fromkeys(normalise(phrase) for phrase in phrases))


def recipe_of(phrases: tuple[str, ...], steps: int) -> KeywordRecipe:
    """How phrases are learned: by the shipped keyword network, from where it is, with a new head."""
    exported = _shipped()
    streams = StreamConfig(
        words=0.36,
        near_misses=0.30,
        labelled_speech=0.0,
        speech=0.28,
        others=0.06,
        augment=AugmentConfig(noise=0.8, snr=(4.0, 28.0), room=0.3, tempo=0.1, codec=0.02, time_width=4, formants=0.1),
    )
    streams = replace(streams, targets=replace(streams.targets, rise=0.12, fall=0.26))
    return KeywordRecipe(
        labels=phrases,
        wake=(),
        frontend=exported.config.frontend,
        recurrent=replace(exported.config.recurrent, dropout=0.1),
        loss=LossConfig(word_weight=2.5, phones=0.0),
        streams=streams,
        loop=LoopConfig(steps=steps, batch=16, rate=1e-3, warmup=30, save_every=100, validate_every=150),
    )


def learn_phrases(request: Request) -> bool:
    """Speaks, trains, finds thresholds, exports and reports; whether it came to its end."""
    began = time.monotonic()
    with console.status("choosing what sounds like it"):
        words = [word for word in read_language(assets.LANGUAGE).words if len(word) > 1]
        near = {phrase: near_misses(phrase, words, NEAR) for phrase in request.phrases}
    texts = [miss.text for misses in near.values() for miss in misses if miss.text not in request.phrases]
    sentences = [line for line in SENTENCES.read_text(encoding="utf-8").splitlines() if line]
    parts = scripts(
        request.phrases, texts, sentences, engines=request.engines, amounts=request.amounts, seed=request.seed
    )
    recipe = recipe_of(request.phrases, request.steps)
    net = network(recipe)
    _tell_estimate(request, parts, net)
    shard = _spoken(request, parts)
    shards = [shard, *request.others]
    train, dev = (
        Streams(
            shards, split, recipe.labels, rooms=request.rooms, config=recipe.streams, seed=seed, count=count
        )
        for split, seed, count in (("train", 1, 1 << 40), ("dev", 2, _DEV_STREAMS))
    )  # fmt: skip
    torch.manual_seed(request.seed)
    loop = Loop(KeywordObjective(net, recipe, train, dev), recipe.loop, request.out, Place())
    if not carry_out(loop, lambda: None, console.print):
        return False
    measured = _finish(request, recipe, net, shards, dev=dev, near=frozenset(texts))
    path = write_report(request.out, measured, near, _makers(parts), time.monotonic() - began)
    console.print(f"{path}; next: legato listen --model {request.out / 'phrases.onnx'}")
    return True


def network(recipe: KeywordRecipe) -> KeywordNet:
    """The shipped network with a head for other labels; a label that it knows keeps what it has learned."""
    torch.manual_seed(0)
    shipped, net = _shipped(), KeywordNet(recipe.network)
    known = shipped.state_dict()
    weights = {name: known[name] for name in net.state_dict() if name in known and not name.startswith("head.")}
    net.load_state_dict(weights, strict=False)
    with torch.no_grad():
        places = [0, *(1 + shipped.config.labels.index(one) for one in recipe.labels if one in shipped.config.labels)]
        rows = [0, *(1 + number for number, one in enumerate(recipe.labels) if one in shipped.config.labels)]
        net.head.weight[rows], net.head.bias[rows] = shipped.head.weight[places], shipped.head.bias[places]
    return net


def _shipped() -> KeywordNet:
    exported = rebuild(assets.KEYWORDS, Session.open(assets.KEYWORDS, "cpu").contract)
    if not isinstance(exported, KeywordNet):
        raise UsageError(f"{assets.KEYWORDS}: holds no keyword network")
    return exported


def _tell_estimate(request: Request, parts: Sequence[Script], net: KeywordNet) -> None:
    """How long it will take, from the speed of each synthesiser and of a step."""
    with console.status("trying how fast it goes"):
        speaking = estimate(parts)
        audio = torch.zeros(16, 8 * SAMPLE_RATE)
        begin = time.monotonic()
        for _ in range(_TRIAL):
            net.train()(audio).sum().backward()
        net.zero_grad()
        learning = (time.monotonic() - begin) / _TRIAL * 1.5 * request.steps
    clips = sum(len(part.texts) for part in parts)
    names = ", ".join(dict.fromkeys(part.engine.name for part in parts))
    console.print(
        f"{clips} clips to be spoken by {names}: about {_minutes(speaking)}; {request.steps} steps of learning: "
        f"about {_minutes(learning)}."
    )
    if console.is_terminal:
        console.print("Ctrl-C stops it, and the same command goes on.")


def _minutes(seconds: float) -> str:
    return f"{max(1, round(seconds / 60))} min"


def _spoken(request: Request, parts: Sequence[Script]) -> Shard:
    """The clips, spoken and packed."""
    folder = request.out / "spoken"
    with Progress(console=console) as bar:
        total = sum(len(part.texts) for part in parts)
        task = bar.add_task("speaking", total=total)

        def tell(done: int) -> None:
            bar.update(task, completed=done)
            if not console.is_terminal and done % _TOLD == 0:
                console.print(f"{done} of {total} clips are spoken")

        manifest = speak(parts, folder, request.seed, tell)
    (folder / f"{SOURCE}.json").unlink(missing_ok=True)  # it may hold other clips, of an earlier request
    build_shard(read_manifest(manifest, SOURCE), folder, SOURCE, align=False)
    return open_shard(folder, SOURCE)


def _makers(parts: Sequence[Script]) -> dict[str, int]:
    """How many clips each synthesiser has said."""
    makers: dict[str, int] = {}
    for part in parts:
        makers[part.engine.name] = makers.get(part.engine.name, 0) + len(part.texts)
    return makers


def _finish(
    request: Request,
    recipe: KeywordRecipe,
    net: KeywordNet,
    shards: Sequence[Shard],
    *,
    dev: Streams,
    near: Container[str],
) -> Measured:
    """The model file, with the thresholds that the voices kept for it suggest."""
    settings = calibrate(net, recipe, shards, dev)
    provenance = {"command": command(), "revision": revision(), "recipe": {"phrases": list(recipe.labels)}}
    checkpoint, raw = request.out / "phrases.pt", request.out / "raw.onnx"
    save_model(checkpoint, "keywords", net, provenance, settings)
    export(checkpoint, raw, None, None)
    with console.status("measuring"):
        measured = measure(raw, shards, request.out, request.alarms, near)
    export(checkpoint, request.out / "phrases.onnx", None, [request.out / "thresholds.json"])
    raw.unlink()
    return measured
