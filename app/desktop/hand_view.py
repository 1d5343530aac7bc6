"""What is watched, as in a mirror: the picture, the hands' skeletons on it, and the last event in words.

A person finds the right hand on the right then, whatever the source; gestures are named by the same directions.
"""

from itertools import pairwise

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from legato.app.desktop.seen import Seen
from legato.app.desktop.theme import ON_PICTURES, Theme
from legato.app.engine.events import GestureEvent
from legato.app.vision.gestures import Side
from legato.app.vision.region import Floats, Picture

_FINGERS = ((0, 1, 2, 3, 4), (0, 5, 6, 7, 8), (5, 9, 10, 11, 12), (9, 13, 14, 15, 16), (13, 17, 18, 19, 20), (0, 17))
CONNECTIONS = tuple(pair for chain in _FINGERS for pair in pairwise(chain))
"""MediaPipe's: pairs of the 21 points that are joined"""
_FRESH = 1.5
"""Seconds for which an event is shown as news"""
_PLATE = QColor(0, 0, 0, 190)
_HALO = QColor(0, 0, 0, 170)


class HandView(QWidget):
    """The newest frame, as large as fits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Nothing to see yet."""
        super().__init__(parent)
        self.setAccessibleName("Picture, as in a mirror")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.reset()

    def reset(self, words: str = "") -> None:
        """Forget what was seen, and show `words` in its place."""
        self._words = words
        self._seen: Seen | None = None
        self._event: GestureEvent | None = None
        self._tell()

    def add(self, event: GestureEvent) -> None:
        """Take in an event."""
        self._event = event
        self._tell()

    def refresh(self, seen: Seen) -> None:
        """Show a frame."""
        self._seen = seen
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 — Qt's name
        """A usual camera's picture."""
        return self.size_for(QSize(640, 480))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 — Qt's name
        """Small, but a hand can be made out."""
        return self.size_for(QSize(240, 160))

    def size_for(self, picture: QSize) -> QSize:
        """The size at which a picture is shown at that of its own."""
        return picture + QSize(0, self._strip(picture.width()))

    def event_words(self) -> str:
        """The last event; empty before the first."""
        event = self._event
        return f"{event.label}   {event.hand} hand   {event.score:.2f}" if event else ""

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 — Qt's name
        """The picture or a plain ground, the hands, and the last event below."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        theme = Theme.of(self.palette())
        frame = self._frame()
        if self._seen is None:
            painter.fillRect(frame, theme.background)
            painter.setPen(theme.muted)
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._words)
            return
        self._paint_ground(painter, frame, theme, self._seen)
        painter.setClipRect(frame)
        for slot, side in enumerate(self._seen.sides):
            if side is not None:
                self._paint_hand(painter, frame, theme, self._seen, slot)
        painter.setClipping(False)
        self._paint_event(painter, theme, self._seen.position)

    def _frame(self) -> QRectF:
        """Where the picture goes: as large as fits, in the middle."""
        if self._seen is None:
            return QRectF(self.rect())
        width, height = self._seen.sight.size
        room = QRectF(self.rect())
        room.setBottom(room.bottom() - self._strip(self.width()))
        scale = max(0.01, min(room.width() / width, room.height() / height))
        size = QRectF(0, 0, width * scale, height * scale)
        size.moveCenter(room.center())
        return size

    def _paint_ground(self, painter: QPainter, frame: QRectF, theme: Theme, seen: Seen) -> None:
        picture = seen.sight.picture
        if picture is None:
            painter.setPen(theme.line)
            painter.setBrush(theme.background)
            painter.drawRect(frame.adjusted(0.5, 0.5, -0.5, -0.5))
            return
        painter.save()
        painter.translate(frame.right(), frame.top())
        painter.scale(-1, 1)
        thin = _thin(picture, self.devicePixelRatioF() * frame.width())
        height, width = thin.shape[:2]
        image = QImage(thin.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        painter.drawImage(QRectF(0, 0, frame.width(), frame.height()), image)
        painter.restore()

    def _paint_hand(self, painter: QPainter, frame: QRectF, theme: Theme, seen: Seen, slot: int) -> None:
        plain = seen.sight.picture is None
        colour = (theme if plain else ON_PICTURES).of_hand(seen.places[slot])
        points = on_screen(seen.sight.hands.landmarks[slot], seen.sight.size, frame)
        thickness = max(2.0, frame.height() / 200)
        if not plain:  # seen on any background
            self._draw_bones(painter, points, QPen(_HALO, 2.2 * thickness, cap=Qt.PenCapStyle.RoundCap))
        self._draw_bones(painter, points, QPen(colour, thickness, cap=Qt.PenCapStyle.RoundCap))
        painter.setPen(QPen(theme.background if plain else _HALO, thickness / 2))
        painter.setBrush(colour)
        for point in points:
            painter.drawEllipse(point, 1.4 * thickness, 1.4 * thickness)
        self._paint_side(painter, frame, points[0], seen.places[slot], str(seen.sides[slot]))

    @staticmethod
    def _draw_bones(painter: QPainter, points: list[QPointF], pen: QPen) -> None:
        painter.setPen(pen)
        for start, end in CONNECTIONS:
            painter.drawLine(points[start], points[end])

    def _paint_side(self, painter: QPainter, frame: QRectF, wrist: QPointF, place: Side, side: str) -> None:
        """Whose hand it is, in words below its wrist."""
        metrics = self.fontMetrics()
        plate = QRectF(0, 0, metrics.horizontalAdvance(side) + 12, metrics.height() + 4)
        plate.moveCenter(wrist + QPointF(0, metrics.height() * 1.4))
        plate.moveTop(min(plate.top(), frame.bottom() - plate.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_PLATE)
        painter.drawRoundedRect(plate, 4, 4)
        painter.setPen(ON_PICTURES.of_hand(place))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, side)

    def _paint_event(self, painter: QPainter, theme: Theme, position: float) -> None:
        """The last event below the picture, so that it hides nothing; in its hand's colour while it is news."""
        strip = QRectF(self.rect())
        strip.setTop(strip.bottom() - self._strip(self.width()))
        font = QFont(self.font())
        font.setPixelSize(_letters(self.width()))
        colour, words = theme.muted, self.event_words() or "No gesture yet"
        if self._event is not None:
            font.setBold(True)
            if position - self._event.emitted < _FRESH:
                colour = theme.of_hand("left" if self._event.hand == "left" else "right")
                painter.fillRect(QRectF(strip.left(), strip.bottom() - 3, strip.width(), 3), colour)
        painter.setFont(font)
        painter.setPen(colour)
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(strip, Qt.AlignmentFlag.AlignCenter, words)

    @staticmethod
    def _strip(width: int) -> int:
        """Pixels in height below the picture that are left for the last event."""
        return 2 * _letters(width)

    def _tell(self) -> None:
        self.setAccessibleDescription(self.event_words() or self._words)
        self.update()


def on_screen(points: Floats, size: tuple[int, int], frame: QRectF) -> list[QPointF]:
    """Points (N, 3) of a picture of a size (width, height), in pixels, where its mirror image fills `frame`."""
    scale = frame.width() / size[0]
    return [QPointF(frame.right() - x * scale, frame.top() + y * scale) for x, y, _ in points.tolist()]


def _letters(width: int) -> int:
    """Pixels in height of letters that can be read from a few steps away, and that fit."""
    return max(13, min(32, width // 24))


def _thin(picture: Picture, width: float) -> Picture:
    """A picture that is far larger than the `width` in pixels that it is shown at, thinned out."""
    step = max(1, int(picture.shape[1] // max(1.0, 2 * width)))
    return np.ascontiguousarray(picture[::step, ::step])
