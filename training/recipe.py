"""Recipes: TOML files that set the fields of nested frozen dataclasses, every name checked."""

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

Recipe = TypeVar("Recipe")


def read_recipe(path: Path, default: Recipe) -> Recipe:
    """The default with what a TOML file sets; raises ValueError naming the file and the entry that does not exist."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: {error}") from None
    return apply(default, entries, str(path))


def apply(default: Recipe, entries: Mapping[str, Any], where: str) -> Recipe:
    """A dataclass with some of its fields replaced, tables descending into fields that are dataclasses themselves."""
    changes: dict[str, Any] = {}
    hints = get_type_hints(type(default))
    for name, value in entries.items():
        if name not in hints:
            raise ValueError(f"{where}: there is no setting {name!r}; known are {', '.join(hints)}")
        current = getattr(default, name)
        if dataclasses.is_dataclass(current):
            if not isinstance(value, Mapping):
                raise ValueError(f"{where}: {name} is a table")
            changes[name] = apply(current, value, f"{where}: {name}")
        else:
            changes[name] = _fitting(value, current, f"{where}: {name}")
    try:
        return dataclasses.replace(default, **changes)  # type: ignore[type-var]
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _fitting(value: object, current: object, where: str) -> object:
    """A value of the kind of the one that it replaces; lists become tuples, whole numbers floats."""
    if isinstance(current, tuple) and isinstance(value, list):
        return tuple(value)
    if isinstance(current, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(current):
        raise ValueError(f"{where} must be of the kind of {current!r}, not {value!r}")
    return value
