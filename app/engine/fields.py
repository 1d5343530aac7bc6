"""Strict reading of JSON objects: every complaint names the file and the field."""

import json
import math
from typing import Any

from legato.app.engine.errors import ModelError


def parse_object(text: str, source: str) -> "Fields":
    """The JSON object in `text` as `Fields`; ModelError naming `source` where it is none."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{source}: the contract is not JSON ({error})") from None
    return Fields(value, source, "")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


class Fields:
    """A JSON object whose fields are taken by name and type.

    `path` is where the object stands in the file ("" for the whole of it), used in messages.
    """

    def __init__(self, value: object, source: str, path: str) -> None:
        self.source = source
        self.path = path
        if not isinstance(value, dict):
            raise self.error("", f"must be an object, not {_kind(value)}")
        self._values: dict[str, Any] = value

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def error(self, name: str, complaint: str) -> ModelError:
        """A ModelError naming the file and the field `name` of this object ("" for the object itself)."""
        field = ".".join(part for part in (self.path, name) if part)
        what = f"contract field {field!r}" if field else "the contract"
        return ModelError(f"{self.source}: {what} {complaint}")

    def value(self, name: str) -> Any:
        """The field as JSON gives it."""
        if name not in self._values:
            raise self.error(name, "is missing")
        return self._values[name]

    def integer(self, name: str, least: int) -> int:
        """An integer of at least `least`."""
        value = self.value(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(name, f"must be an integer, not {_kind(value)}")
        if value < least:
            raise self.error(name, f"must be {least} or more, not {value}")
        return value

    def number(self, name: str, least: float = 0.0, most: float = math.inf) -> float:
        """A finite number in `least`..`most`."""
        return self._in_range(name, self.value(name), least, most)

    def string(self, name: str) -> str:
        """A string that is not empty."""
        value = self.value(name)
        if not isinstance(value, str) or not value:
            raise self.error(name, f"must be a non-empty string, not {_kind(value)}")
        return value

    def strings(self, name: str, *, empty: bool = False) -> tuple[str, ...]:
        """A list of different non-empty strings; no strings at all only where `empty` allows it."""
        values = self.items(name)
        if not values and not empty:
            raise self.error(name, "must not be empty")
        for value in values:
            if not isinstance(value, str) or not value:
                raise self.error(name, f"must hold non-empty strings, not {_kind(value)}")
        if len(set(values)) != len(values):
            raise self.error(name, "names something twice")
        return values

    def items(self, name: str) -> tuple[Any, ...]:
        """A list of anything."""
        value = self.value(name)
        if not isinstance(value, list):
            raise self.error(name, f"must be a list, not {_kind(value)}")
        return tuple(value)

    def pair(self, name: str) -> tuple[float, float]:
        """A list of two finite numbers."""
        values = self.items(name)
        if len(values) != 2:
            raise self.error(name, f"must hold two numbers, not {len(values)}")
        first, second = (self._in_range(name, value, -math.inf, math.inf) for value in values)
        return first, second

    def nested(self, name: str) -> "Fields":
        """A nested object."""
        return Fields(self.value(name), self.source, ".".join(part for part in (self.path, name) if part))

    def mapping(self, name: str) -> dict[str, Any]:
        """A nested object as JSON gives it."""
        value = self.value(name)
        if not isinstance(value, dict):
            raise self.error(name, f"must be an object, not {_kind(value)}")
        return dict(value)

    def numbers(self, name: str, keys: tuple[str, ...], most: float = math.inf) -> dict[str, float]:
        """An object with a number in 0..`most` for each of `keys` and for nothing else."""
        values = self.mapping(name)
        for key in keys:
            if key not in values:
                raise self.error(f"{name}.{key}", "is missing")
        for key in values:
            if key not in keys:
                raise self.error(f"{name}.{key}", "is none of the labels")
        return {key: self._in_range(f"{name}.{key}", values[key], 0.0, most) for key in keys}

    def _in_range(self, name: str, value: Any, least: float, most: float) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise self.error(name, f"must be a number, not {_kind(value)}")
        if not least <= value <= most or math.isinf(value):
            bounds = f"{least:g} or more" if math.isinf(most) else f"between {least:g} and {most:g}"
            bounds = "a finite number" if math.isinf(least) else bounds
            raise self.error(name, f"must be {bounds}, not {value}")
        return float(value)


def _kind(value: object) -> str:
    """A short name of what was found, as JSON calls it."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return f"the string {value[:40]!r}" if value else "an empty string"
    names: dict[type, str] = {int: "an integer", float: "a fraction", list: "a list", dict: "an object"}
    return names.get(type(value), type(value).__name__)
