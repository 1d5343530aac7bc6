"""Actions done for real, as far as a machine without a broker and a screen can do them."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from legato.app.actions.bindings import Keys, Mqtt, Notification, Program, Webhook
from legato.app.actions.performing import perform
from legato.app.engine.errors import LegatoError
from legato.app.engine.events import GestureEvent, KeywordEvent

STOP = KeywordEvent("stop", 1.0, 1.5, 1.6, 0.9)
WAVE = GestureEvent("wave", 1.0, 1.5, 1.6, 0.9, "left")


def nowhere(text: str) -> None:
    raise AssertionError(text)


def test_a_program_gets_its_arguments_as_they_are_and_the_event(tmp_path: Path) -> None:
    target = tmp_path / "told.json"
    script = "import json, os, sys; json.dump([sys.argv[2:], os.environ['LEGATO_EVENT']], open(sys.argv[1], 'w'))"
    perform(Program((sys.executable, "-c", script, str(target), "a b", "$HOME;*")), STOP, nowhere)
    deadline = time.monotonic() + 20
    while not (target.exists() and target.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    arguments, event = json.loads(target.read_text())
    assert arguments == ["a b", "$HOME;*"]
    assert json.loads(event)["label"] == "stop"


def test_programs_that_are_missing_or_fail(tmp_path: Path) -> None:
    with pytest.raises(LegatoError, match="none cannot be run: No such file"):
        perform(Program((str(tmp_path / "none"),)), STOP, nowhere)
    with pytest.raises(LegatoError, match="false ended with status 1"):
        perform(Program(("false",)), STOP, nowhere)


def test_one_that_goes_on_is_not_waited_for() -> None:
    begin = time.monotonic()
    perform(Program(("sleep", "3")), STOP, nowhere)
    assert time.monotonic() - begin < 2.5


class Answering(BaseHTTPRequestHandler):
    """Keeps what it is sent; has nothing at /gone."""

    taken: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((str(self.headers["Content-Type"]), body))
        self.send_response(404 if self.path == "/gone" else 204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Answering, "taken", [], raising=False)
    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_web_address_gets_the_event(address: str) -> None:
    perform(Webhook(f"{address}/hook"), WAVE, nowhere)
    ((kind, body),) = Answering.taken
    assert kind == "application/json"
    assert json.loads(body) == json.loads(WAVE.to_json())


def test_web_addresses_that_fail(address: str) -> None:
    with pytest.raises(LegatoError, match="/gone answers 404"):
        perform(Webhook(f"{address}/gone"), WAVE, nowhere)
    with pytest.raises(LegatoError, match="cannot be called"):
        perform(Webhook("http://127.0.0.1:9/"), WAVE, nowhere)


def test_messages_are_published(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str, str, int]] = []

    def single(topic: str, payload: str, hostname: str, port: int, client_id: str) -> None:
        if hostname == "away":
            raise ConnectionRefusedError(111, "Connection refused")
        sent.append((topic, payload, hostname, port))

    monkeypatch.setitem(sys.modules, "paho", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "paho.mqtt", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "paho.mqtt.publish", SimpleNamespace(single=single))
    perform(Mqtt("broker", "home/door", "open"), STOP, nowhere)
    perform(Mqtt("broker", "home/door", port=1884), STOP, nowhere)
    assert sent == [("home/door", "open", "broker", 1883), ("home/door", STOP.to_json(), "broker", 1884)]
    with pytest.raises(LegatoError, match="away:1883 takes no message"):
        perform(Mqtt("away", "a"), STOP, nowhere)


def test_keys_are_pressed_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    class Controller:
        def press(self, key: str) -> None:
            if key == "F9":
                raise RuntimeError("no such key here")
            done.append(f"+{key}")

        def release(self, key: str) -> None:
            done.append(f"-{key}")

    keyboard = SimpleNamespace(Controller=Controller, Key=SimpleNamespace(ctrl="CTRL", shift="SHIFT", f9="F9"))
    monkeypatch.setitem(sys.modules, "pynput", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "pynput.keyboard", keyboard)
    perform(Keys("ctrl+shift+m"), STOP, nowhere)
    assert done == ["+CTRL", "+SHIFT", "+m", "-m", "-SHIFT", "-CTRL"]
    with pytest.raises(LegatoError, match="no key called 'hyper'"):
        perform(Keys("hyper+m"), STOP, nowhere)
    done.clear()
    with pytest.raises(LegatoError, match="cannot be pressed: no such key here"):
        perform(Keys("ctrl+f9"), STOP, nowhere)
    assert done == ["+CTRL", "-CTRL"]  # nothing stays pressed


def test_without_the_packages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "paho.mqtt.publish", None)
    monkeypatch.setitem(sys.modules, "pynput.keyboard", None)
    with pytest.raises(LegatoError, match=r"pip install 'legato\[mqtt\]'"):
        perform(Mqtt("a", "b"), STOP, nowhere)
    with pytest.raises(LegatoError, match=r"pip install 'legato\[keys\]'"):
        perform(Keys("a"), STOP, nowhere)


def test_notifications() -> None:
    shown: list[str] = []
    perform(Notification("hello"), STOP, shown.append)
    perform(Notification(""), WAVE, shown.append)
    assert shown == ["hello", "wave"]
