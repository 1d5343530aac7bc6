"""The best label of every frame.

Letters: T frames, C labels.
"""

from legato.app.engine.contract import Contract
from legato.app.transcription.decoding.alphabet import Alphabet
from legato.app.transcription.decoding.placing import placed
from legato.app.transcription.words import Floats, Word


class GreedyDecoder:
    """Reads what the scores say by themselves."""

    def __init__(self, contract: Contract) -> None:
        """ModelError where the contract is not of a model that writes characters."""
        self._alphabet = Alphabet(contract.labels)
        self._contract = contract

    def decode(self, scores: Floats) -> list[Word]:
        """The words in log-probabilities (T, C), in their order."""
        return placed(self._alphabet.read(scores.argmax(axis=1)), scores, self._contract)
