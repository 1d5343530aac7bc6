"""The picture of what is missed against what is falsely heard, over every threshold (a DET curve)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from legato.app.engine.errors import LegatoError
from legato.app.evaluation.keywords import Point

_NAMES = {"words": "all words together", "wake": "wake phrases"}


def draw(curve: Mapping[str, Sequence[Point]], budgets: Mapping[str, float], path: Path) -> None:
    """A PNG of miss rates (linear) over false alarms an hour (logarithmic), one line a group, budgets dotted.

    LegatoError where matplotlib is not installed or the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise LegatoError("a DET curve needs matplotlib: pip install 'legato[train]'") from None
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.add_subplot()
    for number, (name, points) in enumerate(curve.items()):
        least = 0.5 / max(point.group.alarms.hours for point in points)  # where a count of zero is drawn
        alarms = [max(point.group.alarms.value, least) for point in points]
        missed = [1 - point.group.recall.value for point in points]
        label = f"{_NAMES.get(name, name)} ({points[0].group.recall.total} spoken)"
        axes.plot(alarms, missed, color=f"C{number}", marker="os^d"[number % 4], markersize=3, label=label)
        if name in budgets:
            axes.axvline(budgets[name], color=f"C{number}", linestyle=":", linewidth=1)
    axes.set(xscale="log", ylim=(-0.02, 1.02), xlabel="false alarms an hour", ylabel="share of spoken words missed")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    try:
        figure.savefig(path, format="png", dpi=120)
    except OSError as error:
        raise LegatoError(f"{path} cannot be written: {error.strerror}") from None
