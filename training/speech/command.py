"""`legato train speech`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import platformdirs
import torch
import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from legato.models.speech import speech_net
from legato.training.augment import Samples
from legato.training.corpus import Recording, Shard, build_shard, open_shard
from legato.training.corpus import speech as clips_of
from legato.training.loop import Loop, Place, carry_out
from legato.training.provenance import command, revision
from legato.training.recipe import read_recipe
from legato.training.saving import begin_with, save_model
from legato.training.sources import read_folders
from legato.training.speech.sources import read_common_voice, read_librispeech, read_set
from legato.training.speech.surroundings import Surroundings
from legato.training.speech.task import SpeechObjective, SpeechRecipe
from legato.training.speech.utterances import Utterances, repeated, usable
from legato.training.streams import read_rooms
from legato.training.voices import HELD_OUT_VOICES

CACHE = platformdirs.user_cache_path("legato")
LOOKED_AT = 400
"""Dev clips that are looked at while training, evenly spread over all"""
NOISE_MINUTES = 30
"""Of music and effects that are kept in memory"""

console = Console(stderr=True)


@dataclass(frozen=True)
class Data:
    """What a run learns from."""

    shards: tuple[Shard, ...]
    rooms: tuple[Samples, ...]
    noises: Samples


def speech(
    out: Annotated[Path, typer.Option(help="Folder of the run: checkpoints, curves, speech.pt.")],
    data: Annotated[Path | None, typer.Option(help="Folder with queen.tsv and kokoro.tsv.")] = None,
    manifest: Annotated[
        list[Path] | None, typer.Option(help="More recordings: path, speaker, text, seconds[, split].")
    ] = None,
    packed: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of packed recordings, as training/recipes/speak_many.py leaves it."),
    ] = None,
    librispeech: Annotated[Path | None, typer.Option(help="Folder that holds LibriSpeech/.")] = None,
    common_voice: Annotated[Path | None, typer.Option(help="Folder of a language of Common Voice.")] = None,
    sounds: Annotated[
        Path, typer.Option(help="Folder that training/recipes/fetch_sounds.sh filled.", show_default=False)
    ] = CACHE / "sounds",
    corpus: Annotated[Path, typer.Option(help="Folder for the packed recordings.", show_default=False)] = CACHE
    / "speech"
    / "corpus",
    config: Annotated[Path | None, typer.Option(help="Recipe (TOML).")] = None,
    steps: Annotated[int | None, typer.Option(help="Optimiser steps, instead of the recipe's.")] = None,
    start_from: Annotated[
        Path | None, typer.Option(help="A trained speech.pt of the same shape to begin with.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that prepare utterances.")] = None,
    threads: Annotated[int, typer.Option(help="Threads of PyTorch.")] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    log_gradient_flow: Annotated[
        bool, typer.Option("--log-gradient-flow", help="Tell now and then how far back gradients reach.")
    ] = False,
) -> None:
    """A network that writes down speech; started again with the same --out, it goes on where it stopped."""
    torch.set_num_threads(threads)
    try:
        recipe = read_recipe(config, SpeechRecipe()) if config else SpeechRecipe()
        recipe = replace(recipe, loop=recipe.loop.told(steps, workers, flow=log_gradient_flow))
        place = Place.here(device)
        sets = sets_of(data, manifest or [], librispeech, common_voice, recipe.utterances.longest)
        ready = [shard for folder in packed or [] for shard in shards_in(folder)]
        with place.first():
            found = gather(sets, ready, sounds, corpus)
        finished = learn(recipe, found, out, place, start_from)
    except (ValueError, OSError) as error:
        raise typer.BadParameter(str(error)) from None
    if not finished:
        raise typer.Exit(130)


def sets_of(
    data: Path | None,
    manifests: Sequence[Path],
    librispeech: Path | None,
    common_voice: Path | None,
    longest: float,
) -> list[tuple[str, Sequence[Recording]]]:
    """The named sets of recordings that the options ask for."""
    named = [data / name for name in ("queen.tsv", "kokoro.tsv") if (data / name).exists()] if data else []
    sets: list[tuple[str, Sequence[Recording]]] = []
    sets += [(_name(path), read_set(path, HELD_OUT_VOICES, longest)) for path in [*named, *manifests]]
    if librispeech:
        sets.append(("librispeech", read_librispeech(librispeech)))
    if common_voice:
        sets.append(("common_voice", read_common_voice(common_voice)))
    names = [name for name, _ in sets]
    if len(set(names)) < len(names):
        raise ValueError(f"two sets of recordings have one name: {', '.join(sorted(names))}; rename a manifest")
    return sets


def _name(path: Path) -> str:
    """What a manifest's set is called: as its file, or as its folder where the file is called as every other."""
    return path.resolve().parent.name if path.stem == "manifest" else path.stem


def shards_in(folder: Path) -> list[Shard]:
    """All shards in a folder; ValueError where there is none."""
    found = [
        open_shard(folder, path.stem) for path in sorted(folder.glob("*.json")) if path.with_suffix(".s16").exists()
    ]
    if not found:
        raise ValueError(f"{folder}: holds no packed recordings (NAME.json and NAME.s16)")
    return found


def gather(sets: Sequence[tuple[str, Sequence[Recording]]], ready: Sequence[Shard], sounds: Path, folder: Path) -> Data:
    """The sets as shards in a folder, where they are packed once, those that are ready, and what else may be heard.

    ValueError where there is nothing to learn from.
    """
    if not sets and not ready:
        raise ValueError("name recordings: --data, --manifest, --packed, --librispeech or --common-voice")
    noise = read_folders([sounds / "music", sounds / "effects"], "noise") if (sounds / "music").is_dir() else []
    with Progress(console=console) as bar:
        for name, recordings in [*sets, *([("noise", noise)] if noise else [])]:
            if not (folder / f"{name}.json").exists():
                task = bar.add_task(f"packing {name}", total=len(recordings))
                build_shard(recordings, folder, name, partial(_advance, bar, task), align=False)
    noises = quiet(open_shard(folder, "noise")) if noise else np.zeros(0, np.float32)
    return Data((*(open_shard(folder, name) for name, _ in sets), *ready), read_rooms(sounds / "rooms"), noises)


def _advance(bar: Progress, task: TaskID, done: int) -> None:
    bar.update(task, completed=done)


def quiet(shard: Shard) -> Samples:
    """The first `NOISE_MINUTES` of a shard."""
    return shard.audio[: NOISE_MINUTES * 60 * 16_000].astype(np.float32) / 32768.0


def learn(recipe: SpeechRecipe, data: Data, out: Path, place: Place, start_from: Path | None) -> bool:
    """Trains and writes `out/speech.pt`; whether it came to its end."""
    longest, labels, hop = recipe.utterances.longest, recipe.labels, recipe.network.hop
    entries = repeated(usable(data.shards, "train", labels, longest), recipe.utterances.repeats)
    dev = usable(data.shards, "dev", labels, longest)
    dev = dev[:: max(len(dev) // LOOKED_AT, 1)]
    torch.manual_seed(recipe.loop.seed)
    net = speech_net(recipe.network)
    objective = SpeechObjective(
        net,
        recipe,
        Surroundings(recipe.augment, data.rooms, data.noises),
        Utterances(entries, labels, hop, recipe.utterances),
        Utterances(dev, labels, hop, recipe.utterances) if dev else None,
    )
    loop = Loop(objective, recipe.loop, out, place)
    finished = carry_out(
        loop, lambda: begin_with(net, start_from) if start_from else objective.fit_features(), console.print
    )
    if finished and not place.rank:
        path = out / "speech.pt"
        save_model(path, "speech", net, provenance(recipe, data.shards, place), None)
        console.print(f"wrote {path}; next: legato export {path} -o speech.onnx")
    return finished


def provenance(recipe: SpeechRecipe, shards: Sequence[Shard], place: Place) -> dict[str, Any]:
    """Where a model comes from: data, command, settings."""
    hours: dict[str, float] = {}
    for _, clip in clips_of(shards, "train"):
        hours[clip.source] = hours.get(clip.source, 0.0) + clip.seconds / 3600
    return {
        "command": command(),
        "revision": revision(),
        "hours": {source: round(value, 3) for source, value in hours.items()},
        "recipe": asdict(recipe),
        "processes": place.world,
    }
