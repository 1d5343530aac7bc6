"""The tabs of the window: a page in each, or the first two side by side in one."""

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QSplitter, QTabWidget, QWidget

from legato.app.desktop.page import Page


class Tabs(QTabWidget):
    """Pages, of which one is in sight, or two."""

    def __init__(self, pages: Sequence[Page], parent: QWidget | None = None) -> None:
        """A tab for each; the first two can be put side by side."""
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setAccessibleName("Pages")
        self._pages = tuple(pages)
        self._live: set[Page] = set()
        self._split: QSplitter | None = None
        for page in self._pages:
            self.addTab(page, page.tab)

    @property
    def together(self) -> bool:
        """Whether the first two are side by side."""
        return self._split is not None

    def page(self) -> Page:
        """The one in sight; of two the first."""
        return self.in_sight()[0]

    def in_sight(self) -> tuple[Page, ...]:
        """All that can be seen."""
        widget = self.currentWidget()
        return tuple(page for page in self._pages if page is widget or (widget is self._split and self._has(page)))

    def turn_to(self, page: Page) -> None:
        """Bring a page in sight."""
        self.setCurrentWidget(self._split if self._split is not None and self._has(page) else page)

    def put_together(self, together: bool) -> None:
        """Have the first two side by side in the first tab, or in a tab each; what is in sight stays so."""
        if together == self.together:
            return
        page = self.page()
        self.blockSignals(True)
        first, second = self._pages[:2]
        if together:
            self._split = QSplitter(Qt.Orientation.Horizontal)
            self._split.setChildrenCollapsible(False)
            for one in (first, second):
                self._split.addWidget(one)
                one.show()
            self.insertTab(0, self._split, "")
        elif self._split is not None:
            for place, one in enumerate((first, second)):
                self.insertTab(place, one, one.tab)
            split, self._split = self._split, None
            self.removeTab(self.indexOf(split))
            split.deleteLater()
        self.turn_to(page)
        self.blockSignals(False)
        self.currentChanged.emit(self.currentIndex())
        self._name()

    def mark(self, live: Sequence[Page]) -> None:
        """Show which pages hold a device."""
        self._live = set(live)
        self._name()

    def _has(self, page: Page) -> bool:
        return page in self._pages[:2]

    def _name(self) -> None:
        """Titles, with a dot before what is live."""
        titles = {page: f"● {page.tab}" if page in self._live else page.tab for page in self._pages}
        for page in self._pages:
            if self.indexOf(page) >= 0:
                self.setTabText(self.indexOf(page), titles[page])
        if self._split is not None:
            self.setTabText(self.indexOf(self._split), " + ".join(titles[page] for page in self._pages[:2]))
