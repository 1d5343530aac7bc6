"""What a worker does, wherever it runs: recordings in, transcripts out."""

from collections.abc import Callable, Iterator

from legato.app.engine.session import Session
from legato.app.transcription.decoding import open_decoder
from legato.app.transcription.formats import FORMATS
from legato.app.transcription.jobs import Job
from legato.app.transcription.parcels import Parcel
from legato.app.transcription.recognition import Recogniser, check_reader
from legato.app.transcription.results import Result, Settings
from legato.app.transcription.segments import segments
from legato.app.transcription.transcriber import Reading, Transcriber
from legato.app.transcription.transcript import Transcript
from legato.app.transcription.voice import VoiceDetector


class Worker:
    """A model with all that turns recordings into transcripts."""

    def __init__(self, settings: Settings) -> None:
        """ModelError or DeviceError where the model cannot be used."""
        session = Session.open(settings.model, settings.device)
        contract = session.contract
        check_reader(contract, str(settings.model))
        decoder = open_decoder(contract, language_model=settings.language_model, vocabulary=settings.vocabulary)
        self._settings = settings
        self._transcriber = Transcriber(Recogniser(session, decoder), VoiceDetector())

    def work(self, parcel: Parcel, heard: Callable[[float], None]) -> Iterator[Result]:
        """One result a job, as they are done; `heard` is told the seconds of sound that were got through."""
        for reading in self._transcriber.read([job.source for job in parcel.jobs], heard):
            job = parcel.jobs[reading.place]
            texts = {} if reading.failed else self._texts(job, reading)
            yield Result(job, reading.seconds, texts, reading.problems)

    def _texts(self, job: Job, reading: Reading) -> dict[str, str]:
        found = segments(reading.words)
        transcript = Transcript(job.source.name, reading.seconds, self._settings.model.name, found)
        return {form: FORMATS[form](transcript) for form in self._settings.formats}
