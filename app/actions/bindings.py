"""What is to be done when something is heard or seen, and the file that keeps it."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from legato.app.engine.errors import UsageError


@dataclass(frozen=True)
class Program:
    """Run a program; never through a shell."""

    arguments: tuple[str, ...]
    """The program, and what it is given"""

    def told(self) -> str:
        """For people."""
        return "Run " + " ".join(f'"{part}"' if " " in part or not part else part for part in self.arguments)


@dataclass(frozen=True)
class Webhook:
    """Send the event as JSON to a web address, by POST."""

    url: str

    def told(self) -> str:
        """For people."""
        return f"Call {self.url}"


@dataclass(frozen=True)
class Mqtt:
    """Publish a message to an MQTT broker."""

    host: str
    topic: str
    payload: str = ""
    """Empty: the event as JSON"""
    port: int = 1883

    def told(self) -> str:
        """For people."""
        return f"Publish {self.payload or 'the event'} to {self.topic} at {self.host}"


@dataclass(frozen=True)
class Keys:
    """Press keys together, as `ctrl+shift+m` or `media_play_pause`."""

    combination: str

    def told(self) -> str:
        """For people."""
        return f"Press {self.combination}"


@dataclass(frozen=True)
class Notification:
    """Show a line on the desktop."""

    text: str
    """Empty: what was heard or seen"""

    def told(self) -> str:
        """For people."""
        return f"Show “{self.text}”" if self.text else "Show a notification"


Action = Program | Webhook | Mqtt | Keys | Notification
KINDS: dict[str, type[Action]] = {
    "program": Program,
    "webhook": Webhook,
    "mqtt": Mqtt,
    "keys": Keys,
    "notification": Notification,
}
"""By the names that the file gives them"""


@dataclass(frozen=True)
class Binding:
    """An action, and what it follows."""

    label: str
    """The keyword, phrase or gesture"""
    action: Action
    cool_down: float = 1.0
    """Seconds after it was done in which it is not done again"""
    on: bool = True
    confirmed: bool = False
    """Whether the user has seen the program that will be run, and agreed"""

    @property
    def ready(self) -> bool:
        """Whether it may be done."""
        return self.on and (self.confirmed or not isinstance(self.action, Program))


def check(binding: Binding) -> None:
    """UsageError, in a line, for one that can never be done."""
    if not binding.label.strip():
        raise UsageError("name the keyword, phrase or gesture that the action follows")
    if not 0 <= binding.cool_down <= 3600:
        raise UsageError("the cool-down must be between 0 and 3600 seconds")
    match binding.action:
        case Program(arguments) if not arguments or not arguments[0].strip():
            raise UsageError("name a program to run")
        case Webhook(url) if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise UsageError(f"{url!r} is no web address: it must begin with http:// or https://")
        case Mqtt(host, topic, _, port) if not host.strip() or not topic.strip() or not 0 < port < 65536:
            raise UsageError("MQTT needs a broker's name, a port and a topic")
        case Mqtt(_, topic) if "+" in topic or "#" in topic:
            raise UsageError(f"{topic!r} names many topics: a message is published to one, without + and #")
        case Keys(combination) if not re.fullmatch(r"\w+(\+(\w+|\S))*|\S", combination):
            raise UsageError(f"{combination!r} names no keys: write as ctrl+shift+m, or media_play_pause")
        case _:
            pass


def read(path: Path) -> tuple[list[Binding], str]:
    """The bindings in a file, none where there is no file, and a line on what is wrong with it, if anything is.

    One that cannot be read is put aside, so that nothing in it is lost when another is written.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return [], ""
    except (OSError, UnicodeError) as error:
        return [], f"{path} cannot be read: {error}"
    try:
        return [_from_dict(told) for told in json.loads(text)["bindings"]], ""
    except (ValueError, KeyError, TypeError, AttributeError, UsageError):
        aside = path.with_name(f"{path.name}.broken")
        path.replace(aside)
        return [], f"{path.name} held no list of actions that can be read: it is now {aside.name}, and there are none"


def write(path: Path, bindings: Sequence[Binding]) -> None:
    """Keep bindings in a file, which is there as a whole or not at all. OSError where that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    told = {"version": 1, "bindings": [_to_dict(binding) for binding in bindings]}
    partial.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    partial.replace(path)


def _to_dict(binding: Binding) -> dict[str, Any]:
    kind = next(name for name, made in KINDS.items() if isinstance(binding.action, made))
    return {**asdict(binding), "action": {"kind": kind, **asdict(binding.action)}}


def _from_dict(told: dict[str, Any]) -> Binding:
    """KeyError, TypeError, ValueError or UsageError for what is no binding."""
    entries = dict(told["action"])
    kind = KINDS[entries.pop("kind")]
    if kind is Program:
        entries["arguments"] = tuple(str(part) for part in entries["arguments"])
    for field in fields(kind):
        if field.type is str and not isinstance(entries.get(field.name, ""), str):
            raise TypeError(field.name)
    binding = Binding(
        str(told["label"]), kind(**entries), float(told["cool_down"]), bool(told["on"]), bool(told["confirmed"])
    )
    check(binding)
    return binding
