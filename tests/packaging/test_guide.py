"""The user's guide: built without a warning, with a picture that is there of every page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from legato.app.desktop.window import Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "index.md"


def test_it_is_built_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(tmp_path / "site")]
    surroundings = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_its_pictures_are_there() -> None:
    pictures = re.findall(r"\]\((screens/[^)]+)\)", GUIDE.read_text(encoding="utf-8"))
    assert len(pictures) >= 7
    assert [name for name in pictures if not (ROOT / "docs" / name).is_file()] == []


def test_it_is_about_every_page(qtbot: QtBot) -> None:
    window = Window()
    qtbot.addWidget(window)
    headings = " ".join(re.findall(r"^## (.+)$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)).casefold()
    assert [page.tab for page in window.pages if page.tab.casefold() not in headings] == []
    window.close()
