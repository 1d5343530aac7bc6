"""`legato train`: from recordings to a model ready for export."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import platformdirs
import torch
import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from legato.models.keyword import KeywordNet
from legato.training.augment import Samples
from legato.training.calibration import calibrate
from legato.training.characters.command import characters
from legato.training.corpus import Recording, Shard, build_shard, open_shard
from legato.training.gestures.command import gestures, scenes
from legato.training.keywords import KeywordObjective, KeywordRecipe
from legato.training.loop import Loop, Place, carry_out
from legato.training.manifests import write_manifests
from legato.training.phrases.command import STEPS, Request, checked, learn_phrases
from legato.training.phrases.engines import find_engines
from legato.training.phrases.speaking import Amounts
from legato.training.provenance import command, revision
from legato.training.recipe import read_recipe
from legato.training.saving import begin_with, save_model
from legato.training.sources import read_folders, read_manifest, read_speech_commands
from legato.training.speech.command import speech
from legato.training.speech.labelling_command import pseudo_labels
from legato.training.speech.language_command import language_model
from legato.training.speech.tuning_command import speech_decoder
from legato.training.streams import Streams, read_rooms
from legato.training.synthesis import Kokoro, speak_all
from legato.training.voices import HELD_OUT_VOICES

CACHE = platformdirs.user_cache_path("legato")
KOKORO = Path.home() / ".cache" / "kokoro"

DEV_STREAMS = 64
"""Streams that are looked at while training; their seed is not the training's."""

app = typer.Typer(
    help="Train a model of your own.", add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)
console = Console(stderr=True)


@app.callback()
def train() -> None:
    """Train a model of your own."""


app.command()(gestures)
app.command()(scenes)
app.command()(speech)
app.command()(characters)
app.command()(pseudo_labels)
app.command()(language_model)
app.command()(speech_decoder)


def prepare(sets: Sequence[tuple[str, Sequence[Recording]]], folder: Path) -> list[Shard]:
    """The recordings of each set, by its name, as shards in a folder; what is there already is not made again."""
    shards = []
    for name, recordings in sets:
        if not (folder / f"{name}.json").exists():
            with Progress(console=console) as bar:
                task = bar.add_task(f"packing {name}", total=len(recordings))
                build_shard(recordings, folder, name, partial(_advance, bar, task))
        shards.append(open_shard(folder, name))
    return shards


def _advance(bar: Progress, task: TaskID, done: int) -> None:
    bar.update(task, completed=done)


def sets_of(
    data: Path | None, manifests: Sequence[Path], sounds: Path, speech_commands: Path | None
) -> list[tuple[str, Sequence[Recording]]]:
    """The named sets of recordings that the options of `train keywords` ask for."""
    named = [data / name for name in ("queen.tsv", "kokoro.tsv") if (data / name).exists()] if data else []
    sets: list[tuple[str, Sequence[Recording]]] = []
    sets += [(path.stem, read_manifest(path, path.stem, HELD_OUT_VOICES)) for path in [*named, *manifests]]
    if speech_commands:
        sets.append(("speech_commands", read_speech_commands(speech_commands)))
    if not sets:
        raise typer.BadParameter("name recordings to learn from: --data, --manifest or --speech-commands")
    return [*sets, *sounds_in(sounds)]


def sounds_in(sounds: Path) -> list[tuple[str, Sequence[Recording]]]:
    """The named sets of other languages and of noise, as far as they are there."""
    sets: list[tuple[str, Sequence[Recording]]] = []
    if (sounds / "other_languages").is_dir():
        sets.append(("other_languages", read_folders([sounds / "other_languages"], "other_languages")))
    if (sounds / "music").is_dir():
        sets.append(("noise", read_folders([sounds / "music", sounds / "effects"], "noise")))
    return sets


def streams_of(recipe: KeywordRecipe, shards: Sequence[Shard], rooms: Sequence[Samples]) -> tuple[Streams, Streams]:
    """The streams to learn from, without an end, and those to look at, of other recordings and another seed."""
    seed = recipe.loop.seed
    make = partial(Streams, shards, labels=recipe.labels, rooms=rooms, config=recipe.streams)
    return make(split="train", seed=seed, count=1 << 40), make(split="dev", seed=seed + 1, count=DEV_STREAMS)


def provenance(recipe: KeywordRecipe, shards: Sequence[Shard], place: Place) -> dict[str, Any]:
    """Where a model comes from: data, command, settings; of paths that lead out of this folder only the last part."""
    hours: dict[str, float] = {}
    for shard in shards:
        for clip in shard.clips:
            if clip.split == "train":
                hours[clip.source] = hours.get(clip.source, 0.0) + clip.seconds / 3600
    return {
        "command": command(),
        "revision": revision(),
        "hours": {source: round(value, 3) for source, value in hours.items()},
        "recipe": asdict(recipe),
        "processes": place.world,
    }


@app.command()
def speak(
    texts: Annotated[Path, typer.Argument(metavar="TEXTS", help="A text a line.")],
    kokoro: Annotated[Path, typer.Option(help="Folder of the synthesiser.")],
    out: Annotated[Path, typer.Option(help="Folder for the clips and their manifest.")],
    count: Annotated[int, typer.Option(help="Clips; about 17 a minute and core.")] = 1200,
    seed: Annotated[int, typer.Option(help="Of texts, voices and speeds.")] = 1,
) -> None:
    """Speak texts in many synthetic voices (Kokoro), as more recordings for `train keywords --manifest`.

    TEXTS.txt becomes OUT/kokoro_TEXTS.tsv. A run that was stopped goes on where it was.
    """
    lines = [line.strip() for line in texts.read_text(encoding="utf-8").splitlines() if line.strip()]
    path = out / f"kokoro_{texts.stem}.tsv"
    try:
        engine = Kokoro(kokoro)
        with Progress(console=console) as bar:
            task = bar.add_task("speaking", total=count)
            speak_all(engine, lines, path, count=count, seed=seed, progress=partial(_advance, bar, task))
    except (ValueError, OSError) as error:
        raise typer.BadParameter(str(error)) from None
    print(path)


@app.command()
def manifests(
    out: Annotated[Path, typer.Option(help="Folder for the manifests.")],
    data: Annotated[Path | None, typer.Option(help="Folder with queen.tsv and kokoro.tsv.")] = None,
    manifest: Annotated[list[Path] | None, typer.Option(help="More recordings.")] = None,
    corpus: Annotated[Path, typer.Option(help="Folder of the packed recordings.", show_default=False)] = CACHE
    / "corpus",
    split: Annotated[str, typer.Option(help="dev: held out; train: learned from.")] = "dev",
) -> None:
    """Manifests of what is said when, for `legato eval keywords`."""
    try:
        shards = prepare(sets_of(data, manifest or [], corpus / "none", None), corpus)
    except (ValueError, OSError) as error:
        raise typer.BadParameter(str(error)) from None
    for path in write_manifests(shards, KeywordRecipe().labels, out, split):
        print(path)


@app.command()
def keywords(
    out: Annotated[Path, typer.Option(help="Folder of the run: checkpoints, curves, keywords.pt.")],
    phrase: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help="Learn any phrase from speech that is made for it by the synthesisers that are installed, export it "
            "and report on it; repeatable.",
        ),
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder with queen.tsv and kokoro.tsv.")] = None,
    manifest: Annotated[
        list[Path] | None, typer.Option(help="More recordings: path, speaker, text, seconds[, split].")
    ] = None,
    speech_commands: Annotated[Path | None, typer.Option(help="Folder of Google Speech Commands v2.")] = None,
    sounds: Annotated[
        Path, typer.Option(help="Folder that training/recipes/fetch_sounds.sh filled.", show_default=False)
    ] = CACHE / "sounds",
    corpus: Annotated[Path, typer.Option(help="Folder for the packed recordings.", show_default=False)] = CACHE
    / "corpus",
    config: Annotated[Path | None, typer.Option(help="Recipe (TOML).")] = None,
    steps: Annotated[int | None, typer.Option(help="Optimiser steps, instead of the recipe's.")] = None,
    start_from: Annotated[
        Path | None, typer.Option(help="A trained keywords.pt of the same shape to begin with.")
    ] = None,
    clips: Annotated[int, typer.Option(help="With --phrase: how often each is said.")] = Amounts.phrase,
    false_alarms: Annotated[float, typer.Option(help="With --phrase: that are allowed an hour, of each.")] = 0.5,
    kokoro: Annotated[
        Path, typer.Option(help="With --phrase: folder of the synthesiser Kokoro.", show_default=False)
    ] = KOKORO,
    piper_voice: Annotated[
        list[Path] | None, typer.Option(metavar="FILE.onnx", help="With --phrase: a voice of Piper; repeatable.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that prepare streams.")] = None,
    threads: Annotated[int, typer.Option(help="Threads of PyTorch.")] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    log_gradient_flow: Annotated[
        bool, typer.Option("--log-gradient-flow", help="Tell now and then how far back gradients reach.")
    ] = False,
) -> None:
    """A keyword network; started again with the same --out, it goes on where it stopped."""
    torch.set_num_threads(threads)
    if phrase:
        try:
            labels, engines = checked(phrase), find_engines(kokoro, piper_voice or [])
            sets = sets_of(data, manifest or [], sounds, speech_commands) if data or manifest else sounds_in(sounds)
            others = prepare(sets, corpus)
            amounts = Amounts().times(clips / Amounts.phrase)
            rooms = read_rooms(sounds / "rooms")
            request = Request(labels, out, tuple(engines), amounts, steps or STEPS, tuple(others), rooms, false_alarms)
            finished = learn_phrases(request)
        except (ValueError, OSError) as error:
            raise typer.BadParameter(str(error)) from None
        raise typer.Exit(0 if finished else 130)
    try:
        recipe = read_recipe(config, KeywordRecipe()) if config else KeywordRecipe()
        recipe = replace(recipe, loop=recipe.loop.told(steps, workers, flow=log_gradient_flow))
        place = Place.here(device)
        sets = sets_of(data, manifest or [], sounds, speech_commands)
        with place.first():
            shards = prepare(sets, corpus)
    except (ValueError, OSError) as error:
        raise typer.BadParameter(str(error)) from None
    train_streams, dev_streams = streams_of(recipe, shards, read_rooms(sounds / "rooms"))
    torch.manual_seed(recipe.loop.seed)
    net = KeywordNet(recipe.network)
    objective = KeywordObjective(net, recipe, train_streams, dev_streams)
    loop = Loop(objective, recipe.loop, out, place)
    finished = carry_out(
        loop, lambda: begin_with(net, start_from) if start_from else objective.fit_features(), console.print
    )
    if place.rank:
        return
    if not finished:
        raise typer.Exit(130)
    settings = calibrate(net, recipe, shards, dev_streams)
    save_model(out / "keywords.pt", "keywords", net, provenance(recipe, shards, place), settings)
    console.print(f"wrote {out / 'keywords.pt'}; next: legato export {out / 'keywords.pt'} -o keywords.onnx")
