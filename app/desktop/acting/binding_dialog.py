"""The dialog in which an action is bound to a keyword, phrase or gesture."""

import shlex
from collections.abc import Callable, Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from legato.app.actions.bindings import (
    KINDS,
    Action,
    Binding,
    Keys,
    Mqtt,
    Notification,
    Program,
    Webhook,
    check,
)
from legato.app.desktop.page import sentence
from legato.app.engine.errors import LegatoError, UsageError

_TITLES = {
    "program": "Run a program",
    "webhook": "Call a web address",
    "mqtt": "Publish to MQTT",
    "keys": "Press keys",
    "notification": "Show a notification",
}


class BindingDialog(QDialog):
    """Asks for all of a binding; tells it once it can be done."""

    given = pyqtSignal(Binding)

    def __init__(self, labels: Sequence[str], binding: Binding | None, parent: QWidget | None = None) -> None:
        """Offer `labels`; begin with what a binding is now, where there is one."""
        super().__init__(parent)
        self.setWindowTitle("Change the action" if binding else "Add an action")
        self._label = QComboBox()
        self._label.setEditable(True)
        self._label.addItems(list(labels))
        self._label.setCurrentText(binding.label if binding else "")
        self._label.setAccessibleName("Keyword, phrase or gesture")
        self._kind = QComboBox()
        self._kind.addItems([_TITLES[kind] for kind in KINDS])
        self._kind.setAccessibleName("What is done")
        self._cool_down = _seconds(binding.cool_down if binding else 1.0)
        self._stack = QStackedWidget()
        self._makers: list[Callable[[], Action]] = []
        action = binding.action if binding else None
        for kind in KINDS:
            self._stack.addWidget(self._form(kind, action if isinstance(action, KINDS[kind]) else None))
        self._kind.currentIndexChanged.connect(self._stack.setCurrentIndex)
        if action is not None:
            self._kind.setCurrentIndex([isinstance(action, kind) for kind in KINDS.values()].index(True))
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        self._problem.setAccessibleName("What is wrong")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._take)
        buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow("&When this is heard or seen", self._label)
        form.addRow("&Do this", self._kind)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self._stack)
        last = QFormLayout()
        last.addRow("&Not again for", self._cool_down)
        layout.addLayout(last)
        layout.addWidget(self._problem)
        layout.addWidget(buttons)
        self.resize(460, self.sizeHint().height())

    def _form(self, kind: str, action: Action | None) -> QWidget:
        """The fields of one kind of action."""
        form = QFormLayout()
        match kind, action:
            case "program", Program() | None:
                line = _field(form, "&Program and what it is given", shlex.join(action.arguments) if action else "")
                line.setPlaceholderText("as: mpc toggle (no shell: | > $ mean nothing)")
                self._makers.append(lambda: Program(_split(line.text())))
            case "webhook", Webhook() | None:
                url = _field(form, "&Address", action.url if action else "")
                url.setPlaceholderText("as: http://homeassistant.local:8123/api/webhook/lights")
                self._makers.append(lambda: Webhook(url.text().strip()))
            case "mqtt", Mqtt() | None:
                self._makers.append(_mqtt(form, action))
            case "keys", Keys() | None:
                keys = _field(form, "&Keys", action.combination if action else "")
                keys.setPlaceholderText("as: ctrl+shift+m, or media_play_pause")
                self._makers.append(lambda: Keys(keys.text().strip()))
            case _, Notification() | None:
                text = _field(form, "&Text", action.text if action else "")
                text.setPlaceholderText("empty: what was heard or seen")
                self._makers.append(lambda: Notification(text.text()))
        page = QWidget()
        page.setLayout(form)
        form.setContentsMargins(0, 0, 0, 0)
        return page

    def _take(self) -> None:
        try:
            action = self._makers[self._kind.currentIndex()]()
            binding = Binding(" ".join(self._label.currentText().split()), action, self._cool_down.value())
            check(binding)
        except LegatoError as error:
            self._problem.setText(sentence(str(error)))
            return
        self.given.emit(binding)
        self.accept()


def _seconds(value: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(0, 3600)
    box.setSuffix(" s")
    box.setValue(value)
    box.setAccessibleName("Seconds in which it is not done again")
    return box


def _field(form: QFormLayout, title: str, text: str) -> QLineEdit:
    field = QLineEdit(text)
    field.setAccessibleName(title.replace("&", ""))
    form.addRow(title, field)
    return field


def _mqtt(form: QFormLayout, action: Mqtt | None) -> Callable[[], Action]:
    host = _field(form, "&Broker", action.host if action else "localhost")
    port = QSpinBox()
    port.setRange(1, 65535)
    port.setValue(action.port if action else 1883)
    port.setAccessibleName("Port")
    form.addRow("P&ort", port)
    topic = _field(form, "&Topic", action.topic if action else "legato")
    payload = _field(form, "&Message", action.payload if action else "")
    payload.setPlaceholderText("empty: the event as JSON")
    return lambda: Mqtt(host.text().strip(), topic.text().strip(), payload.text(), port.value())


def _split(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(f"a quotation mark is missing its other one ({error})") from None
