"""The laboratory's pictures, as PNG data with words for those who do not see them."""

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np

mpl.use("agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from legato.app.inside.gates import MEANINGS
from legato.training.lab.inside import Looked, liveliest
from legato.training.lab.nets import NAMES
from legato.training.lab.tasks import TASKS

_COLOURS = {
    "vanilla RNN": "#c2410c",
    "GRU": "#0369a1",
    "LSTM": "#15803d",
    "vanilla RNN, both ways": "#f59e0b",
    "LSTM, both ways": "#84cc16",
}
_MARKS = {"vanilla RNN": "o", "GRU": "s", "LSTM": "^"}
_TINY = 1e-12
"""Norm below which a gradient is drawn as this"""


@dataclass(frozen=True)
class Picture:
    """One figure of the report."""

    png: str
    """In base64"""
    alt: str
    """What is to be seen in it"""


def memory(told: Mapping[str, Any]) -> Picture:
    """Scores by lag, a panel a task; the band spans the seeds."""
    tasks = told["tasks"]
    figure, panels = plt.subplots(1, len(tasks), figsize=(3.4 * len(tasks), 3.5), sharey=True, squeeze=False)
    for axes, (name, cells) in zip(panels[0], tasks.items(), strict=True):
        for cell, figures in cells.items():
            scores = figures["scores"]
            means = [sum(row) / len(row) for row in scores]
            style = {"color": _COLOURS[cell], "linestyle": "--" if "both" in cell else "-"}
            axes.plot(figures["lags"], means, marker=_MARKS.get(cell, "d"), markersize=4, label=cell, **style)
            axes.fill_between(
                figures["lags"], list(map(min, scores)), list(map(max, scores)), color=_COLOURS[cell], alpha=0.12
            )
        axes.axhline(TASKS[name].solved, color="#9ca3af", linewidth=0.8, linestyle=":")
        axes.axhline(TASKS[name].chance, color="#9ca3af", linewidth=0.8)
        axes.set(xscale="log", title=TASKS[name].title, xlabel="lag in steps", ylim=(0, 1.05))
        _ticks(axes, next(iter(cells.values()))["lags"])
    panels[0][0].set_ylabel("share of right answers")
    handles = {
        label: handle for axes in panels[0] for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), loc="lower center", ncols=len(handles), frameon=False)
    figure.tight_layout(rect=(0, 0.08, 1, 1))
    breaks = "; ".join(
        f"{TASKS[name].title}: " + ", ".join(f"{cell} {_broken(figures['breaks'])}" for cell, figures in cells.items())
        for name, cells in tasks.items()
    )
    return _picture(
        figure, f"Right answers by lag for each cell, one panel a task. First lag that fails, by seed: {breaks}."
    )


def beginnings(told: Mapping[str, Any]) -> Picture:
    """Norms by lag at the start: the ways to begin, and spectral radii of the vanilla cell."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 5.2), sharey=True, layout="constrained")
    for name, figures in told["beginnings"].items():
        colour = _COLOURS[{"vanilla": "vanilla RNN"}.get(name.split(",")[0], name.split(",")[0])]
        kinds = {"as PyTorch begins": "-", "orthogonal": "--", "forget bias 1": ":", "forget bias 3": "-."}
        _flow(left, figures, f"{name} (radius {figures['radius']:.2f})", color=colour, linestyle=_style(name, kinds))
    for place, (radius, figures) in enumerate(told["radii"].items()):
        shade = mpl.colormaps["inferno"](0.15 + 0.65 * place / max(len(told["radii"]) - 1, 1))
        _flow(right, figures, f"spectral radius {radius}", color=shade)
    left.set(title="ways to begin, over noise", ylabel="‖∂L/∂state‖, share of that at lag 0")
    right.set(title="vanilla cell, small inputs, by spectral radius of $W_R$")
    for axes in (left, right):
        axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2, frameon=False)
    reaches = ", ".join(f"{name}: {_reach(figures)}" for name, figures in told["beginnings"].items())
    radii = ", ".join(f"radius {name}: {figures['factor']:.2f} a step" for name, figures in told["radii"].items())
    return _picture(figure, f"Norm of the gradient by lag. {reaches}. Vanilla cell with small inputs: {radii}.")


def learned(told: Mapping[str, Any]) -> Picture:
    """Norms by lag on the adding problem, before and after learning."""
    figure, panels = plt.subplots(1, len(told), figsize=(3.7 * len(told), 3.6), sharey=True, squeeze=False)
    for axes, (kind, figures) in zip(panels[0], told.items(), strict=True):
        colour = _COLOURS[NAMES[kind]]
        _flow(axes, figures["before"], "before learning", color=colour, linestyle=":")
        _flow(axes, figures["after"], f"after (radius {figures['after']['radius']:.2f})", color=colour)
        axes.set(title=f"{NAMES[kind]}, score {figures['score']:.2f}", ylim=(1e-5, 30))
        axes.legend(fontsize=8)
    panels[0][0].set_ylabel("share of ‖∂L/∂state‖ at lag 0")
    figure.tight_layout()
    words = "; ".join(
        f"{NAMES[kind]} before: {_reach(figures['before'])}, after: {_reach(figures['after'])}"
        for kind, figures in told.items()
    )
    return _picture(figure, f"Norm of the gradient by lag on the adding problem: {words}.")


def remedies(told: Mapping[str, Any]) -> Picture:
    """A run that explodes beside those that clipping saves; and truncated back-propagation beside the whole."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 3.6))
    names = {"without clipping": "#b91c1c", "clipped by norm": "#0369a1", "clipped by value": "#15803d"}
    for name, run in told["clipping"].items():
        steps = list(range(1, len(run["losses"]) + 1))
        for axes, what in ((left, "losses"), (middle, "norms")):
            axes.plot(steps, [float("nan") if one is None else max(one, 1e-6) for one in run[what]],
                      color=names[name], label=name, linewidth=1)  # fmt: skip
    left.set(yscale="log", ylim=(1e-3, 1e9), title="loss of a vanilla cell, radius 1.6", xlabel="step")
    middle.set(yscale="log", title="its gradient's norm, before clipping", xlabel="step")
    left.legend(fontsize=8)
    for name, run in told["truncation"].items():
        steps = [10 * (place + 1) for place in range(len(run["scores"]))]
        label = "errors go all the way back" if name == "whole" else "truncated after 10 of 41 steps"
        right.plot(steps, run["scores"], label=label, linestyle="-" if name == "whole" else "--")
    right.set(title="France task over 40 steps, LSTM", xlabel="step", ylabel="right answers", ylim=(0, 1.05))
    right.legend(fontsize=8)
    figure.tight_layout()
    runs = ", ".join(
        f"{name} {'explodes' if run['exploded'] else 'does not'}" for name, run in told["clipping"].items()
    )
    ends = {name: run["scores"][-1] for name, run in told["truncation"].items()}
    return _picture(
        figure, f"Loss and gradient by step: {runs}. Right answers in the end: {ends['whole']:.0%} with the whole "
        f"gradient, {ends['cut']:.0%} with the truncated one."
    )  # fmt: skip


def bill(told: Mapping[str, Any]) -> Picture:
    """Bars of what each cell costs."""
    cells = told["cells"]
    longest = max(next(iter(cells.values()))["kept_mb"], key=int)
    columns = {
        "parameters": [one["parameters"] for one in cells.values()],
        "ms forward": [one["forward_ms"] for one in cells.values()],
        "ms a step of learning": [one["step_ms"] for one in cells.values()],
        f"MB kept, {longest} steps": [one["kept_mb"][longest] for one in cells.values()],
        "µs a streamed frame": [one["frame_us"] for one in cells.values()],
    }
    figure, panels = plt.subplots(1, len(columns), figsize=(12, 2.9))
    for axes, (title, values) in zip(panels, columns.items(), strict=True):
        names = [NAMES[kind] for kind in cells]
        bars = axes.bar(
            [name.replace("vanilla ", "") for name in names], values, color=[_COLOURS[name] for name in names]
        )
        axes.bar_label(bars, [f"{value:,.0f}" if value >= 100 else f"{value:.1f}" for value in values], fontsize=8)
        axes.set(title=title, yticks=[])
        axes.margins(y=0.18)
        axes.title.set_fontsize(9)
    figure.tight_layout()
    words = "; ".join(f"{title}: {', '.join(f'{value:,.4g}' for value in values)}" for title, values in columns.items())
    return _picture(figure, f"Costs of {', '.join(NAMES[kind] for kind in cells)}, in this order. {words}.")


def inside(looked: Looked) -> Picture:
    """Spectrogram, scores, states and gates on one axis of time."""
    rows = 2 + len(looked.parts)
    figure, panels = plt.subplots(rows, 1, figsize=(11, 1.35 * rows), sharex=True, layout="constrained")
    seconds = len(looked.scores) * looked.hop
    loud = looked.spectrogram.max()
    image: dict[str, Any] = {"origin": "lower", "aspect": "auto", "interpolation": "nearest"}
    panels[0].imshow(
        looked.spectrogram.T, extent=(0, seconds, 0, looked.rate / 2000), cmap="magma", vmin=loud - 60, **image
    )
    panels[0].set_ylabel("kHz")
    times = [looked.hop * (frame + 1) for frame in range(len(looked.scores))]
    for column in sorted(looked.scores.max(axis=0).argsort()[-5:]):
        panels[1].plot(times, looked.scores[:, column], label=looked.labels[column], linewidth=1)
    panels[1].legend(fontsize=7, ncols=5, loc="upper left")
    panels[1].set(ylabel="scores", ylim=(0, 1.4))
    for axes, (name, values) in zip(panels[2:], looked.parts.items(), strict=True):
        gate = name in {"forget", "input", "output", "reset", "update"}
        # A memory is not bound to 1, and a few units that never let go would drown the others.
        most = max(float(np.quantile(np.abs(values), 0.9)), 1.0) if name == "cell" else 1.0
        limits = (0.0 if gate else -most, most)
        order = liveliest(values)  # the first of them on top
        shown = axes.imshow(
            values[:, order[::-1]].T, extent=(0, seconds, 0, len(order)), vmin=limits[0], vmax=limits[1],
            cmap="viridis" if gate else "RdBu_r", **image,
        )  # fmt: skip
        axes.set(ylabel=name, yticks=[])
        figure.colorbar(shown, ax=axes, pad=0.01, aspect=8, extend="both" if name == "cell" else "neither")
    panels[-1].set_xlabel("seconds")
    means = "; ".join(f"{name}: {MEANINGS[name]}" for name in looked.parts)
    return _picture(figure, f"Spectrogram, scores and the last layer's units over {seconds:.1f} seconds. {means}")


def _flow(axes: Axes, figures: Mapping[str, Any], label: str, **style: Any) -> None:
    norms = figures["norms"]
    axes.plot([max(norm / norms[0], _TINY) for norm in norms], label=label, linewidth=1.3, **style)
    axes.set(yscale="log", xlabel="lag in steps", ylim=(_TINY / 2, 1e4))


def _style(name: str, kinds: Mapping[str, str]) -> Any:
    return next((style for kind, style in kinds.items() if name.endswith(kind)), (0, (5, 1, 1, 1, 1, 1)))


def _ticks(axes: Axes, lags: list[int]) -> None:
    axes.set_xticks(lags, [str(lag) for lag in lags], fontsize=8)
    axes.minorticks_off()


def _reach(figures: Mapping[str, Any]) -> str:
    return "reaches all the way" if figures["reach"] is None else f"1 % left at lag {figures['reach']}"


def _broken(breaks: list[int | None]) -> str:
    return "/".join("none" if lag is None else str(lag) for lag in breaks)


def _picture(figure: Figure, alt: str) -> Picture:
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=110)
    plt.close(figure)
    return Picture(base64.b64encode(data.getvalue()).decode("ascii"), alt)
