"""A line above everything for what the user should know, shown only while there is something."""

from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStyle, QToolButton, QWidget


class Notice(QFrame):
    """A text with a sign in front of it and a button to put it away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Nothing to say: hidden."""
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._sign = QLabel()
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setAccessibleName("Notice")
        close = QToolButton()
        close.setText("×")
        close.setAutoRaise(True)
        close.setAccessibleName("Put the notice away")
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 4, 4)
        layout.addWidget(self._sign)
        layout.addWidget(self._label, 1)
        layout.addWidget(close)
        self.hide()

    def tell(self, text: str, *, problem: bool = False) -> None:
        """Show `text`; a problem gets the sign of a warning."""
        kind = QStyle.StandardPixmap.SP_MessageBoxWarning if problem else QStyle.StandardPixmap.SP_MessageBoxInformation
        style = self.style()
        if style is not None:
            size = self.fontMetrics().height()
            self._sign.setPixmap(style.standardIcon(kind).pixmap(size, size))
        self._label.setText(text)
        self.show()

    def text(self) -> str:
        """What is told; empty while hidden."""
        return "" if self.isHidden() else self._label.text()
