"""All that gestures are learned from, by one line: `SET:FOLDER`."""

from collections.abc import Callable
from pathlib import Path

from legato.app.engine.errors import SourceError
from legato.training.datasets import dhg, ipn, jester, own, shrec
from legato.training.datasets.pictures import Progress
from legato.training.takes import Take

_PICTURES: dict[str, Callable[[Path, Path, Progress], list[Take]]] = {"ipn": ipn.read, "jester": jester.read}
_HANDS: dict[str, Callable[[Path, Progress], list[Take]]] = {
    "dhg": dhg.read_dhg,
    "shrec17": dhg.read_shrec17,
    "shrec21": shrec.read_shrec21,
    "shrec22": shrec.read_shrec22,
    "takes": own.read,
}
SETS = (*_PICTURES, *_HANDS)
"""Their names"""


def read(spec: str, cache: Path, progress: Progress | None = None) -> list[Take]:
    """The takes of a set on disk; `spec` is its name and its folder, like `ipn:/data/IPN_Hand`.

    Hands in pictures are looked for once: recordings of them are kept below `cache`, in a folder of the set's name,
    and a run that was stopped goes on where it was. `progress` is told how many of how many recordings are done.
    ValueError, one line that names the file, where something is missing or broken.
    """
    name, _, place = spec.partition(":")
    folder = Path(place).expanduser()
    told = progress or (lambda _done, _all: None)
    if name not in SETS:
        raise ValueError(f"{spec}: unknown set of gestures {name!r}: known are {', '.join(SETS)}")
    if not place or not folder.is_dir():
        raise ValueError(f"no such folder: {place}" if place else f"{spec} names no folder")
    try:
        if name in _PICTURES:
            return _PICTURES[name](folder, cache / name, told)
        return _HANDS[name](folder, told)
    except SourceError as error:
        raise ValueError(str(error)) from None
