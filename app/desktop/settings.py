"""What the window remembers between two runs."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import platformdirs

FOLDER = platformdirs.user_config_path("legato")
"""Where settings and actions are kept"""


@dataclass(frozen=True)
class Settings:
    """All of it; a key that the file lacks, or holds something odd for, is as it is here."""

    geometry: str = ""
    """Of the window, as Qt has it, in base 64"""
    page: str = ""
    """The tab in sight"""
    together: bool = False
    """Whether it listens and watches side by side"""
    theme: str = "system"
    """`system`, `light` or `dark`"""
    microphone: str = ""
    """The choice that was listened to last"""
    camera: str = ""
    """The choice that was watched last"""
    phrases: str = ""
    """Listened for, with commas between"""
    second_look: bool = False
    transcripts: str = ""
    """The folder that they are written to; empty: beside each recording"""
    formats: str = "txt"
    """Of transcripts, with commas between"""
    watched: str = ""
    """The folder that recordings come into; empty for none"""
    keywords: str = ""
    """The model file that is listened with; empty for the one in the box"""
    gestures: str = ""
    """The model file that is watched with; empty for the usual one"""
    actions: bool = False
    """Whether actions are switched on"""
    greeted: bool = False
    """Whether the window was open before"""


class Store:
    """The file of the settings."""

    def __init__(self, path: Path | None = None) -> None:
        """By default in the user's own folder for such things."""
        self.path = path or FOLDER / "settings.json"

    def load(self) -> tuple[Settings, str]:
        """The settings, and a line on what is wrong with the file, which is then put aside; empty: nothing is."""
        try:
            told = dict(json.loads(self.path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Settings(), ""
        except OSError as error:
            return Settings(), f"Settings are as at first: {self.path} cannot be read ({error.strerror})"
        except (ValueError, TypeError):
            aside = self.path.with_name(f"{self.path.name}.broken")
            self.path.replace(aside)
            return Settings(), f"Settings are as at first: {self.path.name} was damaged, and is now {aside.name}"
        usual = asdict(Settings())
        known = {field.name for field in fields(Settings)}
        kept = {key: value for key, value in told.items() if key in known and type(value) is type(usual[key])}
        return Settings(**kept), ""

    def save(self, settings: Settings) -> None:
        """Write the file, which is there as a whole or not at all. OSError where that fails."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_name(f".{self.path.name}.part")
        partial.write_text(json.dumps(asdict(settings), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        partial.replace(self.path)
