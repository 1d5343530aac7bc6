"""`legato eval`: a task's metrics on labelled recordings."""

from legato.app.cli.commands import plain_app
from legato.app.cli.evaluate_characters import characters
from legato.app.cli.evaluate_gestures import gestures
from legato.app.cli.evaluate_keywords import keywords
from legato.app.cli.evaluate_speech import speech

evaluate = plain_app(help="Measure a model on labelled recordings.")


@evaluate.callback()
def _tasks() -> None:
    """Measure a model on labelled recordings."""


evaluate.command("keywords")(keywords)
evaluate.command("gestures")(gestures)
evaluate.command("speech")(speech)
evaluate.command("characters")(characters)
