"""Actions done for real, as far as a machine without a screen can do them."""

import asyncio
import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from amqtt.broker import Broker
from amqtt.client import MQTTClient

from legato.app.actions import performing
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


def test_a_broker_gets_messages() -> None:
    """A real one, of another make; somebody else hears what it was told."""

    async def talk() -> list[tuple[str, bytes]]:
        broker = Broker(
            {
                "listeners": {"default": {"type": "tcp", "bind": "127.0.0.1:0"}},
                "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
            }
        )
        await broker.start()
        ((listener,),) = (server.instance.sockets for server in broker._servers.values())
        port = listener.getsockname()[1]
        hearer = MQTTClient(config={"auto_reconnect": False})
        await hearer.connect(f"mqtt://127.0.0.1:{port}/")
        await hearer.subscribe([("home/#", 1)])
        heard = []
        for action in (Mqtt("127.0.0.1", "home/door", "open", port), Mqtt("127.0.0.1", "home/word", port=port)):
            await asyncio.to_thread(perform, action, STOP, nowhere)
            message = await asyncio.wait_for(hearer.deliver_message(), 10)
            assert message is not None
            heard.append((message.topic, bytes(message.data or b"")))
        await hearer.disconnect()
        await broker.shutdown()
        return heard

    assert asyncio.run(talk()) == [("home/door", b"open"), ("home/word", STOP.to_json().encode())]


def test_a_broker_that_lets_nobody_in_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(performing, "_PATIENCE", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def refuse() -> None:
            with server.accept()[0] as client:
                client.recv(1000)
                client.sendall(b"\x20\x02\x00\x05")  # CONNACK of MQTT 3.1.1: not authorised

        thread = threading.Thread(target=refuse)
        thread.start()
        with pytest.raises(LegatoError, match=f"{port} takes no message: Not authorized"):
            perform(Mqtt("127.0.0.1", "a", port=port), STOP, nowhere)
        thread.join()


def test_brokers_that_are_away_or_go_away_or_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(performing, "_PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        begin = time.monotonic()
        with pytest.raises(LegatoError, match=rf"127\.0\.0\.1:{port} takes no message: it does not answer"):
            perform(Mqtt("127.0.0.1", "a", port=port), STOP, nowhere)

        def slam_the_door() -> None:
            for _ in range(2):  # the one above still stands in the queue
                server.accept()[0].close()

        thread = threading.Thread(target=slam_the_door)
        thread.start()
        with pytest.raises(LegatoError, match=f"{port} takes no message: "):
            perform(Mqtt("127.0.0.1", "a", port=port), STOP, nowhere)
        assert time.monotonic() - begin < 5
        thread.join()
    with pytest.raises(LegatoError, match=f"{port} takes no message: .*refused"):
        perform(Mqtt("127.0.0.1", "a", port=port), STOP, nowhere)


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
    monkeypatch.setitem(sys.modules, "paho.mqtt.client", None)
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
