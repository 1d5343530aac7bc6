"""A video or a recording of hands at the pace of the clock, as if it were filmed now."""

from collections.abc import Iterator
from threading import Event
from time import monotonic

from legato.app.devices.source import Closing
from legato.app.vision.sight import Sight, SightSource


class PacedSights(Closing):
    """A source whose frames, all of them, are given out no sooner than they were taken."""

    def __init__(self, source: SightSource) -> None:
        """At its start; what is live has its pace already."""
        self.name, self.live, self.duration = source.name, source.live, source.duration
        self._source = source
        self._closed = Event()

    @property
    def dropped(self) -> int:
        """Frames that were passed over because newer ones came."""
        return self._source.dropped

    def sights(self) -> Iterator[Sight]:
        """Frame by frame, each in its time."""
        begin: float | None = None
        for sight in self._source.sights():
            begin = monotonic() - sight.time if begin is None else begin
            if self._closed.wait(0.0 if self.live else max(0.0, begin + sight.time - monotonic())):
                return
            yield sight

    def close(self) -> None:
        """End `sights` at once, and close the source."""
        self._closed.set()
        self._source.close()
