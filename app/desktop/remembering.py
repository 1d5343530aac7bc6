"""What a window is set to, as settings, and back."""

from base64 import b64decode, b64encode
from binascii import Error
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QByteArray

from legato.app.desktop.settings import Settings

if TYPE_CHECKING:
    from legato.app.desktop.window import Window


def remembered(window: "Window") -> Settings:
    """What the window is set to now."""
    listening, watching, transcribing = window.listening, window.watching, window.transcribing
    output, watched = transcribing.output, transcribing.watched.folder
    heard, seen = listening.control.choice(), watching.control.choice()
    return Settings(
        geometry=b64encode(window.saveGeometry().data()).decode("ascii"),
        page=window.page().tab,
        together=window.together,
        theme=window.theme,
        microphone=heard.title if heard else listening.preferred,
        camera=seen.title if seen else watching.preferred,
        phrases=", ".join(listening.phrases.phrases),
        second_look=listening.phrases.again,
        transcripts=str(output.folder) if output.folder else "",
        formats=",".join(output.formats),
        watched=str(watched) if watched else "",
        keywords=str(window.models.used("keywords") or ""),
        gestures=str(window.models.used("gestures") or ""),
        actions=window.acting.dispatcher.on,
        greeted=True,
    )


def recall(window: "Window", settings: Settings) -> None:
    """Set the window to what it was; what is not there any more is left out."""
    with suppress(Error, ValueError):
        window.restoreGeometry(QByteArray(b64decode(settings.geometry, validate=True)))
    window.set_theme(settings.theme)
    window.listening.preferred, window.watching.preferred = settings.microphone, settings.camera
    window.listening.phrases.restore(settings.phrases, again=settings.second_look)
    folder = Path(settings.transcripts) if settings.transcripts else None
    window.transcribing.output.restore(folder if folder and folder.is_dir() else None, settings.formats.split(","))
    for task, path in (("keywords", settings.keywords), ("gestures", settings.gestures)):
        if path and Path(path).is_file():
            window.use_model(task, Path(path))
    window.acting.switch(settings.actions)
    if settings.watched and Path(settings.watched).is_dir():
        window.transcribing.watch(settings.watched)
    window.put_together(settings.together)
    for page in window.pages:
        if page.tab == settings.page:
            window.turn_to(page)
