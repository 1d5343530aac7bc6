"""Light, dark, or as the system is."""

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QApplication

THEMES = ("system", "light", "dark")
_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


def dress(theme: str) -> None:
    """Let the whole application look like one of the `THEMES`; anything else is as the system."""
    application = QApplication.instance()
    hints = QApplication.styleHints()
    if not isinstance(application, QApplication) or hints is None:
        return
    scheme = _SCHEMES.get(theme, Qt.ColorScheme.Unknown)
    hints.setColorScheme(scheme)
    if scheme in {Qt.ColorScheme.Unknown, hints.colorScheme()}:
        application.setPalette(QPalette())
    else:  # a platform that has no schemes of its own
        application.setPalette(_palette(dark=scheme == Qt.ColorScheme.Dark))


def _palette(*, dark: bool) -> QPalette:
    window, base, text = ("#2d2d2d", "#1f1f1f", "#f2f2f2") if dark else ("#efefef", "#ffffff", "#141414")
    palette = QPalette(QColor(window))
    roles = QPalette.ColorRole
    for role, colour in {
        roles.Base: base,
        roles.AlternateBase: "#282828" if dark else "#f6f6f6",
        roles.Text: text,
        roles.WindowText: text,
        roles.ButtonText: text,
        roles.ToolTipBase: base,
        roles.ToolTipText: text,
        roles.PlaceholderText: "#9a9a9a" if dark else "#6a6a6a",
        roles.Highlight: "#2a6fb0" if dark else "#308cc6",
        roles.HighlightedText: "#ffffff",
    }.items():
        palette.setColor(role, QColor(colour))
    for role in (roles.Text, roles.WindowText, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor("#7d7d7d" if dark else "#9a9a9a"))
    return palette
