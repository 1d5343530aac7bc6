"""`legato train gestures` and `legato train scenes`."""

from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import platformdirs
import torch
import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from legato.models.gesture import GestureNet
from legato.training.datasets import registry
from legato.training.gestures.calibration import calibrate
from legato.training.gestures.pool import make_pool
from legato.training.gestures.task import GestureData, GestureObjective, GestureRecipe
from legato.training.hands.filming import FilmConfig, film
from legato.training.hands.gestures import GESTURES
from legato.training.hands.scenes import SceneConfig
from legato.training.loop import Loop, Place, carry_out
from legato.training.provenance import command, revision
from legato.training.recipe import read_recipe
from legato.training.saving import begin_with, save_model
from legato.training.takes import Take

CACHE = platformdirs.user_cache_path("legato") / "gestures"
DEV_SCENES = 200
"""Scenes that are looked at while training; their seed is not the training's"""

console = Console(stderr=True)


def gestures(
    out: Annotated[Path, typer.Option(help="Folder of the run: checkpoints, curves, gestures.pt.")],
    data: Annotated[
        list[str] | None,
        typer.Option(metavar="SET:FOLDER", help=f"Recordings to learn from as well: {', '.join(registry.SETS)}."),
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(metavar="LABEL", help="Leave out all that shows a gesture; repeatable.")
    ] = None,
    cache: Annotated[
        Path, typer.Option(help="Folder for scenes, and for hands found in others' pictures.", show_default=False)
    ] = CACHE,
    config: Annotated[Path | None, typer.Option(help="Recipe (TOML).")] = None,
    steps: Annotated[int | None, typer.Option(help="Optimiser steps, instead of the recipe's.")] = None,
    start_from: Annotated[
        Path | None, typer.Option(help="A trained gestures.pt of the same shape to begin with.")
    ] = None,
    threads: Annotated[int, typer.Option(help="Threads of PyTorch.")] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    log_gradient_flow: Annotated[
        bool, typer.Option("--log-gradient-flow", help="Tell now and then how far back gradients reach.")
    ] = False,
) -> None:
    """A gesture network; started again with the same --out, it goes on where it stopped."""
    torch.set_num_threads(threads)
    try:
        recipe = read_recipe(config, GestureRecipe()) if config else GestureRecipe()
        recipe = replace(recipe, loop=recipe.loop.told(steps, flow=log_gradient_flow))
        for label in without or []:
            recipe = recipe.without(label)
        place = Place.here(device)
        with place.first():
            found = gather(recipe, data or [], cache)
    except (ValueError, OSError) as error:
        raise typer.BadParameter(str(error)) from None
    for label in without or []:
        found = found.without(label)
    torch.manual_seed(recipe.loop.seed)
    net = GestureNet(recipe.network)
    objective = GestureObjective(net, recipe, found)
    loop = Loop(objective, recipe.loop, out, place)
    finished = carry_out(
        loop, lambda: begin_with(net, start_from) if start_from else objective.fit_features(), console.print
    )
    if place.rank:
        return
    if not finished:
        raise typer.Exit(130)
    decoder = asdict(calibrate(net.cpu(), (*found.scenes, *found.takes), found.shown))
    save_model(out / "gestures.pt", "gestures", net, provenance(recipe, found, place), decoder)
    console.print(f"wrote {out / 'gestures.pt'}; next: legato export {out / 'gestures.pt'} -o gestures.onnx")


def gather(recipe: GestureRecipe, specs: list[str], cache: Path) -> GestureData:
    """The scenes, and the takes of each `SET:FOLDER`; ValueError where one cannot be read."""
    with Progress(console=console) as bar:
        takes: list[Take] = []
        for spec in specs:
            task = bar.add_task(spec.partition(":")[0])
            takes += registry.read(spec, cache, partial(_share, bar, task))
        task = bar.add_task("scenes", total=recipe.scenes + DEV_SCENES)
        seen = make_pool(cache / "scenes", DEV_SCENES, GESTURES, recipe.loop.seed + 1)
        scenes = make_pool(
            cache / "scenes", recipe.scenes, GESTURES, recipe.loop.seed, partial(_advance, bar, task, DEV_SCENES)
        )
    learned = [take for take in takes if take.split == "train"]
    dev = [take for take in takes if take.split == "dev"]
    return GestureData(
        scenes,
        [take for take in learned if take.spans],
        [take for take in learned if not take.spans],
        [*dev, *seen],
    )


def _advance(bar: Progress, task: TaskID, before: int, done: int) -> None:
    bar.update(task, completed=before + done)


def _share(bar: Progress, task: TaskID, done: int, total: int) -> None:
    bar.update(task, completed=done, total=total)


def provenance(recipe: GestureRecipe, data: GestureData, place: Place) -> dict[str, Any]:
    """Where a model comes from: data, command, settings."""
    hours = {name: sum(_seconds(take) for take in getattr(data, name)) / 3600 for name in ("scenes", "takes", "others")}
    return {
        "command": command(),
        "revision": revision(),
        "hours": {name: round(value, 3) for name, value in hours.items()},
        "recipe": asdict(recipe),
        "processes": place.world,
    }


def _seconds(take: Take) -> float:
    times = take.recording.time
    return float(times[-1] - times[0]) if len(times) else 0.0


def scenes(
    out: Annotated[Path, typer.Option(help="Folder for the films and their manifest.")],
    count: Annotated[int, typer.Option(min=1, help="Films.")] = 30,
    seconds: Annotated[float, typer.Option(min=1.0, help="Length of each.")] = 10.0,
    seed: Annotated[int, typer.Option(help="Of everything in them.")] = 1,
    rate: Annotated[
        float | None, typer.Option(help="Pictures a second; without it, mostly 30, else some rate from 12 to 40.")
    ] = None,
    alone: Annotated[str | None, typer.Option(metavar="LABEL", help="One gesture in each, of this kind.")] = None,
    gestures: Annotated[int, typer.Option(min=0, help="Gestures in each film at least, all of them clear.")] = 0,
    videos: Annotated[bool, typer.Option("--videos", help="Videos, not the hands that are found in them.")] = False,
) -> None:
    """Draw scenes of hands, as films with a manifest: to learn from, or, with --videos, to evaluate with.

    A run that was stopped goes on where it was.
    """
    if alone is not None and alone not in GESTURES:
        raise typer.BadParameter(f"there is no gesture {alone!r}: known are {', '.join(GESTURES)}")
    scene = SceneConfig((alone,) if alone else GESTURES, bool(alone), seconds)
    if rate is not None:
        scene = replace(scene, usual=0.0, rate=(rate, rate))
    with Progress(console=console) as bar:
        task = bar.add_task("films", total=count)
        print(film(out, count, FilmConfig(scene, seed, videos, gestures), partial(bar.advance, task)))
