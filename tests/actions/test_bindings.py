"""Bindings: what can be bound, and the file that keeps them."""

from pathlib import Path

import pytest

from legato.app.actions.bindings import Action, Binding, Keys, Mqtt, Notification, Program, Webhook, check, read, write
from legato.app.engine.errors import UsageError

ALL = [
    Binding("stop", Program(("mpc", "pause", "a b")), 2.5, confirmed=True),
    Binding("left", Webhook("https://example.org/hook"), on=False),
    Binding("go", Mqtt("broker", "home/door", "open", 1884)),
    Binding("up", Keys("ctrl+shift+m")),
    Binding("wave", Notification("“hello”")),
]


def test_they_are_kept_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "new" / "actions.json"
    assert read(path) == ([], "")
    write(path, ALL)
    assert read(path) == (ALL, "")
    assert [one.name for one in path.parent.iterdir()] == ["actions.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"bindings": [1]}',
        '{"bindings": [{"label": "a", "action": {"kind": "shell", "line": "rm"}, "cool_down": 1}]}',
        '{"bindings": [{"label": "a", "action": {"kind": "webhook", "url": "file:///x"}, "cool_down": 1, "on": true}]}',
    ],
)
def test_a_broken_file_is_put_aside(tmp_path: Path, text: str) -> None:
    path = tmp_path / "actions.json"
    path.write_text(text)
    found, problem = read(path)
    assert found == []
    assert problem == (
        "actions.json held no list of actions that can be read: it is now actions.json.broken, and there are none"
    )
    assert (tmp_path / "actions.json.broken").read_text() == text


@pytest.mark.parametrize(
    ("action", "line"),
    [
        (Program(()), "name a program"),
        (Program((" ",)), "name a program"),
        (Webhook("ftp://a.org"), "must begin with http"),
        (Webhook("http://"), "must begin with http"),
        (Mqtt("", "a"), "needs a broker"),
        (Mqtt("a", "b", port=0), "needs a broker"),
        (Mqtt("a", "home/#"), "names many topics"),
        (Keys(""), "names no keys"),
        (Keys("ctrl+"), "names no keys"),
    ],
)
def test_what_can_never_be_done_is_refused(action: Action, line: str) -> None:
    with pytest.raises(UsageError, match=line):
        check(Binding("stop", action))


def test_labels_and_cool_downs() -> None:
    with pytest.raises(UsageError, match="name the keyword"):
        check(Binding(" ", Keys("a")))
    with pytest.raises(UsageError, match="between 0 and 3600"):
        check(Binding("a", Keys("a"), -1))
    for keys in ("a", "+", "f5", "ctrl++", "media_play_pause"):
        check(Binding("a", Keys(keys)))


def test_a_program_waits_for_consent() -> None:
    assert not Binding("a", Program(("x",))).ready
    assert Binding("a", Program(("x",)), confirmed=True).ready
    assert Binding("a", Keys("a")).ready
    assert not Binding("a", Keys("a"), on=False).ready
