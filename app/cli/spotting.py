"""What listens for the keywords that are asked for: those that a model was trained for, and any phrase."""

from collections.abc import Sequence
from pathlib import Path

from legato.app.cli.shipped import live_speech_model, speech_model
from legato.app.engine.contract import SPEECH
from legato.app.engine.errors import UsageError
from legato.app.engine.own_thresholds import own_thresholds
from legato.app.engine.session import Session
from legato.app.engine.spotter import Spotter
from legato.app.phrases import learned, trained
from legato.app.phrases.ears import PhraseEars
from legato.app.phrases.second_look import SecondLook
from legato.app.phrases.spotter import Chorus, PhraseSpotter

ALL = "all"
"""Stands for every keyword"""


def open_spotter(
    model: Path, device: str, keywords: Sequence[str], threshold: float | None, again: Sequence[str] = ()
) -> tuple[Spotter | Chorus, int]:
    """A spotter for `keywords`, or for the model's own where there are none; and the rate of the sound it wants, hertz.

    `model` is one of keywords, or one of live speech itself. Beside one of keywords, a network that was trained for a
    phrase listens for that, and the shipped one of live speech for what else it does not know and for what was learned.
    What is named in `again`, or `ALL`, gets a second look.
    """
    session = Session.open(model, device)
    own = {keyword: learned.find(keyword) for keyword in keywords}
    if session.contract.task == SPEECH:
        if not keywords:
            raise UsageError(f"{model} listens for phrases: name some with --keyword")
        phrases = [own[keyword] or keyword for keyword in keywords]
        second = second_look(again, [phrase for phrase in phrases if isinstance(phrase, str)], device)
        return PhraseSpotter(PhraseEars(session, phrases), threshold, second), session.contract.sample_rate
    known = [keyword for keyword in keywords if keyword in session.contract.labels and not own[keyword]]
    phrases = [own[keyword] or keyword for keyword in keywords if keyword not in known]
    own_or_given = own_thresholds(session.contract) if threshold is None else threshold
    typed = [phrase for phrase in phrases if isinstance(phrase, str)]
    second = second_look(again, [*typed, *(known if keywords else session.contract.labels)], device)
    spotters = [Spotter(session, known or None, own_or_given, second)] if known or not keywords else []
    networks = {phrase: path for phrase in typed if (path := trained.find(phrase))}
    for path in dict.fromkeys(networks.values()):
        trained_for = Session.open(path, device)
        limits = own_thresholds(trained_for.contract) if threshold is None else threshold
        spotters.append(Spotter(trained_for, None, limits, second))
    if phrases := [phrase for phrase in phrases if phrase not in networks]:
        ears = PhraseEars(Session.open(live_speech_model(), device), phrases)
        spotters.append(PhraseSpotter(ears, threshold, second))
    rates = {spotter.model.contract.sample_rate for spotter in spotters}
    if len(rates) > 1:
        raise UsageError(f"{model} wants sound at another rate than phrases do: leave out one of the two")
    return (spotters[0] if len(spotters) == 1 else Chorus(spotters)), rates.pop()


def second_look(again: Sequence[str], spelled: Sequence[str], device: str) -> SecondLook | None:
    """A second look at the keywords named in `again`, or, for `ALL`, at every one of those that can be `spelled`.

    None where none is asked for; UsageError for one that is not listened for or was learned from recordings, and so has
    no letters of its own.
    """
    if not again:
        return None
    for keyword in again:
        if keyword not in (*spelled, ALL):
            raise UsageError(f"no second look at {keyword!r}: it is neither a word of the model nor a typed --keyword")
    labels = spelled if ALL in again else again
    return SecondLook(Session.open(speech_model(), device), labels)
