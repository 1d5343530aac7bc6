"""From the scores of a speech model to words."""

from collections.abc import Sequence
from pathlib import Path

from legato.app import assets
from legato.app.engine.contract import Contract
from legato.app.engine.errors import UsageError
from legato.app.transcription.decoding.greedy import GreedyDecoder
from legato.app.transcription.words import Decoder


def open_decoder(contract: Contract, *, language_model: Path | None = None, vocabulary: Sequence[str] = ()) -> Decoder:
    """What finds words in the scores of the contract's model, with the shipped language model unless one is named.

    A contract whose beam is 1 asks for the best label of every frame, and for no language model. ModelError for a file
    that cannot be used, UsageError for a vocabulary that cannot be written or has nothing to go with. A language model
    in an ONNX file is a character model, which knows no vocabulary.
    """
    if language_model is not None and language_model.suffix == ".onnx":
        return _fused(contract, language_model, vocabulary)
    language = language_model or (assets.LANGUAGE if assets.LANGUAGE.is_file() else None)
    if language is None or contract.transcript.beam == 1:
        if language_model or vocabulary:
            lacking = "the model is read letter by letter" if language else "no language model comes with this version"
            raise UsageError(f"{lacking}: leave out --vocabulary and --language-model")
        return GreedyDecoder(contract)
    from legato.app.transcription.decoding.language import read_language
    from legato.app.transcription.decoding.search import BeamDecoder

    return BeamDecoder(contract, read_language(language), vocabulary)


def _fused(contract: Contract, model: Path, vocabulary: Sequence[str]) -> Decoder:
    if vocabulary:
        raise UsageError("a character model takes no --vocabulary: leave one of the two out")
    from legato.app.engine.session import Session
    from legato.app.transcription.decoding.fusion import FusionDecoder

    return FusionDecoder(contract, Session.open(model, "cpu"))
