"""The main window: a page for each of the things that legato does."""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QAction, QCloseEvent, QKeySequence
from PyQt6.QtWidgets import QMainWindow, QMenu, QMessageBox

from legato.app import assets
from legato.app.desktop.acting.page import ActionsPage
from legato.app.desktop.appearance import THEMES, dress
from legato.app.desktop.inside_page import InsidePage
from legato.app.desktop.listen_page import ListenPage
from legato.app.desktop.log_view import LogKeeper, LogView
from legato.app.desktop.models_page import ModelsPage
from legato.app.desktop.page import Page, sentence
from legato.app.desktop.remembering import recall, remembered
from legato.app.desktop.settings import Settings, Store
from legato.app.desktop.source_page import SourcePage
from legato.app.desktop.tabs import Tabs
from legato.app.desktop.teaching.gesture_page import TeachGesturePage
from legato.app.desktop.teaching.page import TeachPage
from legato.app.desktop.teaching.training_page import TrainPage
from legato.app.desktop.transcribing.page import TranscribePage
from legato.app.desktop.tray import Tray, icon
from legato.app.desktop.watch_page import WatchPage

_FRAME = 25
"""Milliseconds between two looks at whether anything is to be painted"""
_GREETING = (
    "Welcome. Whatever legato hears, sees and writes down stays on this machine: it sends nothing anywhere, unless you "
    "give an event such an action yourself."
)

_ABOUT = (
    "Hears words and sees gestures as they happen, and writes recordings down, with recurrent networks that carry "
    "their state from frame to frame. Everything stays on this machine.\n\nApache License 2.0"
)

Entry = tuple[str, str | QKeySequence.StandardKey, Callable[[], object]] | None
"""Text, key and work; None is a line between two"""


class Window(QMainWindow):
    """Pages. One of those that listen and watch is at work, also while one that needs no device is in sight."""

    def __init__(self, keywords: Path | None = None, gestures: Path | None = None, folder: Path | None = None) -> None:
        """A window for the models in two files, by default the shipped ones; it is stopped.

        Settings and actions are kept in `folder`, or, without one, nowhere.
        """
        super().__init__()
        self.setWindowTitle("legato")
        self.setWindowIcon(icon(live=False))
        self.resize(1100, 720)
        self.theme = "system"
        self._store = Store(folder / "settings.json") if folder else None
        self.listening = ListenPage(keywords)
        self.watching = WatchPage(gestures)
        self.transcribing = TranscribePage()
        self.acting = ActionsPage(folder / "actions.json" if folder else None, self._labels, self._notify)
        self.inside = InsidePage()
        self._join_inside()
        self.teaching = TeachPage()
        self.training = TrainPage()
        for teacher in (self.teaching, self.training):
            teacher.taught.connect(self.listening.phrases.add)
        self.gesture_teaching = TeachGesturePage()
        self.gesture_teaching.taught.connect(lambda _name: self.use_model("gestures", None))
        self.models = ModelsPage()
        self.models.chosen.connect(self.use_model)
        self.pages: tuple[Page, ...] = (
            self.listening,
            self.watching,
            self.inside,
            self.transcribing,
            self.teaching,
            self.training,
            self.gesture_teaching,
            self.acting,
            self.models,
        )
        self._live: tuple[SourcePage, ...] = (self.listening, self.watching)
        self._tabs = Tabs(self.pages)
        self._tabs.currentChanged.connect(self._turn)
        self.setCentralWidget(self._tabs)
        self._build_menus()
        self.tray = Tray(self.come_up, self.close, self._silence, self)
        for live in self._live:
            live.reported.connect(self.acting.handle)
            live.ended.connect(self._mark)
            live.begun.connect(self._mark)
        self._log = LogKeeper()
        self._log.watch()
        self._recall()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME)
        self._timer.timeout.connect(self._paint)
        self._timer.start()

    def begin(self) -> None:
        """Let the page in sight begin."""
        self.page().begin()

    def page(self) -> Page:
        """The one in sight."""
        return self._tabs.page()

    def turn_to(self, page: Page) -> None:
        """Bring a page in sight."""
        self._tabs.turn_to(page)

    @property
    def together(self) -> bool:
        """Whether it listens and watches side by side."""
        return self._tabs.together

    def put_together(self, together: bool) -> None:
        """Listen and watch side by side, both at work; or a page each, one at work."""
        self._beside.setChecked(together)
        self._tabs.put_together(together)

    def warn(self, text: str) -> None:
        """Tell something about a device or a recording where the user looks."""
        notice = self.page().notice
        notice.tell(f"{_GREETING}\n{text}" if notice.text() == _GREETING else text)

    def use_model(self, task: str, path: Path | None) -> None:
        """Listen (`keywords`) or watch (`gestures`) with a model; None: the one in the box."""
        self.models.use(task, path)
        if task == "keywords":
            self.listening.use_model(path or assets.KEYWORDS)
        else:
            self.watching.prefer_model(path or assets.gesture_model())

    def set_theme(self, theme: str) -> None:
        """Look like one of the themes from now on."""
        self.theme = theme if theme in THEMES else "system"
        dress(self.theme)

    def come_up(self) -> None:
        """Be in front of everything."""
        self.showNormal()
        self.raise_()
        self.activateWindow()

    def show_log(self) -> None:
        """What happened lately."""
        LogView(list(self._log.lines), self).open()

    def show_about(self) -> None:
        """What this is."""
        box = QMessageBox(QMessageBox.Icon.NoIcon, "About legato", f"legato {version('legato')}", parent=self)
        box.setInformativeText(_ABOUT)
        box.open()

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802 — Qt's name
        """Keep what the user has set, stop the devices, then the threads, then close."""
        self._timer.stop()
        self._keep()
        for page in self.pages:
            page.shut()
        self.tray.hide()
        self._log.leave()
        super().closeEvent(event)

    def _recall(self) -> None:
        """Be as the user left it."""
        settings, problem = self._store.load() if self._store else (Settings(greeted=True), "")
        self._tabs.blockSignals(True)  # a page that is in sight begins with the window
        recall(self, settings)
        self._tabs.blockSignals(False)
        if problem:
            self.page().notice.tell(problem, problem=True)
        elif not settings.greeted:
            self.page().notice.tell(_GREETING)

    def _keep(self) -> None:
        if self._store is None:
            return
        try:
            self._store.save(remembered(self))
        except OSError as error:
            self.warn(f"Settings cannot be kept in {self._store.path}: {error.strerror}")

    def _join_inside(self) -> None:
        """Tell the Inside page what goes on in those that listen and watch."""
        inside = self.inside
        inside.looked.connect(lambda subject: self.listening.look_inside(subject == "sound"))
        inside.looked.connect(lambda subject: self.watching.look_inside(subject == "hands"))
        self.listening.opened.connect(inside.take_opened)
        self.listening.told.connect(inside.take)
        self.listening.ended.connect(lambda: inside.take_end("sound"))
        self.watching.opened.connect(inside.take_started)
        self.watching.glimpsed.connect(inside.take_glimpse)
        self.watching.ended.connect(lambda: inside.take_end("hands"))
        for live in (self.listening, self.watching):
            live.opaque.connect(lambda line: inside.notice.tell(sentence(line), problem=True))

    def _labels(self) -> list[str]:
        """All that can be heard or seen, as far as that is known."""
        return list(dict.fromkeys(label for page in self._live for label in page.labels))

    def _notify(self, text: str) -> bool:
        return self.tray.notify(text)

    def _build_menus(self) -> None:
        self._build_menu(
            "&File",
            [
                ("&Open a file…", QKeySequence.StandardKey.Open, lambda: self.page().ask_for_file()),
                ("Play what is in the &box", "Ctrl+B", lambda: self.page().play_demo()),
                ("Look for &devices again", "F5", lambda: self.page().look_again()),
                None,
                ("&Clear the list", "Ctrl+L", lambda: self.page().clear()),
                None,
                ("&Quit", "Ctrl+Q", self.close),
            ],
        )
        view = self._build_menu(
            "&View",
            [
                *(
                    (page.tab, f"Ctrl+{number}", partial(self.turn_to, page))
                    for number, page in enumerate(self.pages, 1)
                ),
                None,
                *(
                    (f"&{theme.capitalize()} colours", f"Ctrl+Alt+{theme[0].upper()}", partial(self.set_theme, theme))
                    for theme in THEMES
                ),
            ],
        )
        self._silence = QAction("&Actions", self)
        self._silence.setCheckable(True)
        self._silence.setShortcut(QKeySequence("Ctrl+Shift+A"))
        self._silence.toggled.connect(self.acting.switch)
        self.acting.switched.connect(self._silence.setChecked)
        self._beside = QAction("Listen and watch side by &side", self)
        self._beside.setCheckable(True)
        self._beside.setShortcut(QKeySequence("Ctrl+Shift+S"))
        self._beside.toggled.connect(self.put_together)
        if view is not None:
            view.addSeparator()
            view.addAction(self._beside)
            view.addAction(self._silence)

        self._build_menu(
            "&Help",
            [("&Log", "Ctrl+Shift+L", self.show_log), ("&About legato", "F1", self.show_about)],
        )

    def _build_menu(self, title: str, entries: list[Entry]) -> QMenu | None:
        bar = self.menuBar()
        menu = bar.addMenu(title) if bar is not None else None
        if menu is None:
            return None
        for entry in entries:
            if entry is None:
                menu.addSeparator()
                continue
            text, keys, work = entry
            action = QAction(text, self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda _checked, work=work: work())
            menu.addAction(action)
        return menu

    def _turn(self, _index: int) -> None:
        """A page that follows a source ends the other one that does; what needs no device leaves it alone."""
        seen = self._tabs.in_sight()
        if any(page in self._live for page in seen):
            for other in self._live:
                if other not in seen:
                    other.leave()
        for asking in (self.inside, self.teaching, self.gesture_teaching):
            if asking not in seen:
                asking.leave()
        if self.teaching in seen:
            self.listening.leave()  # it has the microphone
        if self.gesture_teaching in seen:
            self.watching.leave()  # it has the camera
        for page in seen:
            page.come_back()
        self._mark()
        self._keep()

    def _mark(self) -> None:
        """Show in tabs and tray what is live."""
        live = [page for page in self._live if page.running]
        self._tabs.mark(live)
        self.tray.mark([page.words.running.lower() for page in live])

    def _paint(self) -> None:
        for page in self._tabs.in_sight():
            page.paint_newest()
