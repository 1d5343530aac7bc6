"""Actions as they are done, each once and now; whatever stands in the way is one line."""

import importlib
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from threading import Thread
from typing import Any

from legato.app.actions.bindings import Action, Keys, Mqtt, Notification, Program, Webhook
from legato.app.engine.errors import LegatoError, UsageError
from legato.app.engine.events import GestureEvent, KeywordEvent

Event = KeywordEvent | GestureEvent
Show = Callable[[str], None]
"""Shows a line on the desktop"""

_PATIENCE = 5.0
"""Seconds that somebody else's machine may take to answer"""
_SOON = 0.5
"""Seconds in which a program that cannot do its work usually ends"""


def perform(action: Action, event: Event, show: Show) -> None:
    """Do it, because of an event. LegatoError where it cannot be done."""
    match action:
        case Program(arguments):
            _run(arguments, event)
        case Webhook(url):
            _call(url, event)
        case Mqtt():
            _publish(action, event)
        case Keys(combination):
            _press(combination)
        case Notification(text):
            show(text or event.label)


def _run(arguments: tuple[str, ...], event: Event) -> None:
    """Start a program, which finds the event as JSON in LEGATO_EVENT and its label in LEGATO_LABEL."""
    surroundings = {**os.environ, "LEGATO_EVENT": event.to_json(), "LEGATO_LABEL": event.label}
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            arguments, stdin=quiet, stdout=quiet, stderr=quiet, env=surroundings, start_new_session=True
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise LegatoError(f"{arguments[0]} cannot be run: {reason}") from error
    try:
        status = process.wait(_SOON)
    except subprocess.TimeoutExpired:
        Thread(target=process.wait, daemon=True).start()  # it is at work, and is seen off when it ends
        return
    if status:
        raise LegatoError(f"{arguments[0]} ended with status {status}")


def _call(url: str, event: Event) -> None:
    request = urllib.request.Request(  # noqa: S310 - `check` lets only web addresses through
        url, event.to_json().encode(), {"Content-Type": "application/json", "User-Agent": "legato"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE):  # noqa: S310 - the same
            pass
    except urllib.error.HTTPError as error:
        with error:
            raise LegatoError(f"{url} answers {error.code} {error.reason}") from None
    except (OSError, ValueError) as error:
        raise LegatoError(f"{url} cannot be called: {getattr(error, 'reason', error)}") from error


def _publish(action: Mqtt, event: Event) -> None:
    """Send a message, and wait until the broker says that it has it; nothing is tried twice."""
    mqtt = _package("paho.mqtt.client", "MQTT needs paho-mqtt: pip install 'legato[mqtt]'")
    refused: list[str] = []
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
    client.connect_timeout = _PATIENCE
    client.on_connect = lambda _client, _data, _flags, reason, _properties: (
        refused.append(str(reason)) if reason.is_failure else None
    )
    try:
        client.connect(action.host, action.port)
        client.loop_start()
        message = client.publish(action.topic, action.payload or event.to_json(), qos=1)
        message.wait_for_publish(_PATIENCE)
        if not message.is_published():
            raise TimeoutError("it does not answer")  # noqa: TRY301 - told as all else that goes wrong
    except Exception as error:  # the library has many of its own
        reason = refused[0] if refused else error
        raise LegatoError(f"{action.host}:{action.port} takes no message: {reason}") from error
    finally:
        client.disconnect()
        client.loop_stop()


def _press(combination: str) -> None:
    keyboard = _package(
        "pynput.keyboard", "keys need pynput, and a screen to press them on: pip install 'legato[keys]'"
    )
    keys = [_key(keyboard, name) for name in ([combination] if combination == "+" else combination.split("+"))]
    controller = keyboard.Controller()
    pressed = []
    try:
        for key in keys:
            controller.press(key)
            pressed.append(key)
    except Exception as error:
        raise LegatoError(f"{combination} cannot be pressed: {error}") from error
    finally:
        for key in reversed(pressed):
            controller.release(key)


def _key(keyboard: Any, name: str) -> Any:
    """A key by its letter, or by the name that pynput gives it."""
    if len(name) == 1:
        return name
    try:
        return getattr(keyboard.Key, name.lower())
    except AttributeError:
        raise UsageError(
            f"there is no key called {name!r}: write ctrl, shift, alt, cmd, f1, media_play_pause …"
        ) from None


def _package(name: str, missing: str) -> Any:
    """An optional package; LegatoError where it is missing, or cannot work here."""
    try:
        return importlib.import_module(name)
    except Exception as error:  # pynput fails in ways of its own where there is no screen
        raise LegatoError(missing) from error
