"""Phrases sought in the scores of a model that writes letters: a token for each letter of each, passed frame by frame.

A token's cost is what its path through the frames is less likely than the frames' best labels: 0 is perfect, whatever
came before is left out, and phrases of one length are comparable; `SearchSettings.length` compares those of others. The
path is one of CTC: a label may last, blanks may stand between two, and must between two equal ones.
Token passing: Young, Russell & Thornton 1989; to compare with the best labels is to have a filler that reads anything.

Letters: T frames, C labels, P phrases, N nodes of the tree of all phrases, its root first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.app.transcription.decoding.alphabet import BLANK

Floats = NDArray[np.float32]
Places = NDArray[np.int64]

_NEVER = np.float32(-1e9)
_USUAL = 18
"""Letters of a phrase whose score is the mean of theirs"""


@dataclass(frozen=True)
class SearchSettings:
    """How strict the search is; logarithms of probabilities."""

    worst: float = 6.0
    """Most that a frame counts against a path"""
    blank: float = 0.5
    """Taken from blanks first: models that CTC taught are too fond of them"""
    inside: float = 2.0
    """For a phrase that begins within a word"""
    length: float = 1.4
    """How the cost that a phrase may have grows with its letters, as their power: of the short ones less is forgiven
    for each, since more sounds like them"""
    rest: int = 5
    """Frames without a letter that end a phrase as a space does"""
    late: int = 8
    """Frames after its last letter within which a phrase has ended, or not at all"""


@dataclass(frozen=True)
class Tree:
    """All phrases, what they begin with in common being there once."""

    letters: Places
    """(N,) label of each node; of the root, the blank"""
    parents: Places
    """(N,)"""
    ends: Places
    """(P,) the node of each phrase's last letter"""
    lengths: Floats
    """(P,) labels of each phrase"""

    @classmethod
    def of(cls, phrases: Sequence[Sequence[int]]) -> "Tree":
        """The tree of phrases by their labels."""
        letters, parents, known = [BLANK], [0], dict[tuple[int, int], int]()
        ends = []
        for phrase in phrases:
            node = 0
            for letter in phrase:
                if (node, letter) not in known:
                    known[node, letter] = len(letters)
                    letters.append(letter)
                    parents.append(node)
                node = known[node, letter]
            ends.append(node)
        lengths = np.array([len(phrase) for phrase in phrases], np.float32)
        return cls(np.array(letters), np.array(parents), np.array(ends), lengths)


@dataclass
class Tokens:
    """What a search remembers of its stream: the best path to each node, in its letter and in the blank behind that."""

    cost: Floats
    """(2, N): in the letter, behind it; for the root, behind it only"""
    first: Places
    """(2, N): the frame of the path's first letter"""
    last: Places
    """(2, N): the latest frame in the node's own letter"""
    frame: int = 0
    """Frames that were searched"""
    letter: int = BLANK
    """The latest best label that was no blank; the blank itself when that is long ago"""
    silent: int = 0
    """Frames since then"""


@dataclass(frozen=True)
class Found:
    """How well each phrase ends at each frame, and from where to where it then goes."""

    scores: Floats
    """(T, P) in 0..1: by how much its letters are less likely than what is likeliest, about on the geometric mean"""
    first: Places
    """(T, P): frame of its first letter, counted from the stream's first"""
    last: Places
    """(T, P): the last frame of its last letter"""


class PhraseSearch:
    """The search in one stream. A frame costs the same however long the stream is, and is linear in the tree's size."""

    def __init__(self, phrases: Sequence[Sequence[int]], space: int, settings: SearchSettings | None = None) -> None:
        """For phrases by their labels, of which `space` parts words."""
        self.tree, self.settings, self._space = Tree.of(phrases), settings or SearchSettings(), space
        letters, parents = self.tree.letters, self.tree.parents
        self._repeats = letters == letters[parents]
        self._scale = (_USUAL * (self.tree.lengths / _USUAL) ** self.settings.length).astype(np.float32)
        self.tokens: Tokens
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        size = len(self.tree.letters)
        self.tokens = Tokens(np.full((2, size), _NEVER), np.zeros((2, size), np.int64), np.zeros((2, size), np.int64))

    def step(self, scores: Floats) -> Found:
        """The next frames' log-probabilities (T, C). Any split gives the same."""
        scores = scores.copy()
        scores[:, BLANK] -= np.float32(self.settings.blank)
        costs = np.maximum(scores - scores.max(axis=1, keepdims=True), np.float32(-self.settings.worst))
        best = scores.argmax(axis=1).tolist()
        rows = [self._frame(cost, label) for cost, label in zip(costs, best, strict=True)]
        if not rows:
            shape = (0, len(self.tree.ends))
            return Found(np.zeros(shape, np.float32), np.zeros(shape, np.int64), np.zeros(shape, np.int64))
        totals, first, last = (np.stack(column) for column in zip(*rows, strict=True))
        return Found(np.exp(totals / self._scale), first, last)

    def _frame(self, cost: Floats, best: int) -> tuple[Floats, Places, Places]:
        """Passes the tokens on through one frame with a `cost` (C,) for each label; totals, first and last (P,)."""
        tokens, tree = self.tokens, self.tree
        self._enter()
        in_letter, behind = tokens.cost
        ways = np.stack((in_letter, behind[tree.parents], np.where(self._repeats, _NEVER, in_letter[tree.parents])))
        way = ways.argmax(axis=0)
        came = np.take_along_axis(ways, way[None], axis=0)[0]
        first = np.choose(way, (tokens.first[0], tokens.first[1, tree.parents], tokens.first[0, tree.parents]))
        rests = behind >= in_letter  # of two as good the older one, which has rested longer
        first_behind = np.where(rests, tokens.first[1], tokens.first[0])
        last_behind = np.where(rests, tokens.last[1], tokens.last[0])
        totals = self._ended(cost, np.where(rests, behind, in_letter), tokens.frame - last_behind)
        told = totals, first_behind[tree.ends], last_behind[tree.ends]
        tokens.cost = np.stack((came + cost[tree.letters], np.maximum(in_letter, behind) + cost[BLANK]))
        tokens.cost[0, 0] = _NEVER
        tokens.first = np.stack((first, first_behind))
        tokens.last = np.stack((np.full_like(last_behind, tokens.frame), last_behind))
        self._hear(best)
        tokens.frame += 1
        return told

    def _enter(self) -> None:
        """A new path may begin in this frame, after what is no word's inside."""
        tokens = self.tokens
        inside = tokens.letter not in {BLANK, self._space}
        tokens.cost[1, 0] = -self.settings.inside if inside else 0.0
        tokens.first[1, 0] = tokens.frame

    def _hear(self, best: int) -> None:
        tokens = self.tokens
        if best != BLANK:
            tokens.letter, tokens.silent = best, 0
        else:
            tokens.silent += 1
            if tokens.silent > self.settings.rest:
                tokens.letter = BLANK

    def _ended(self, cost: Floats, before: Floats, ago: Places) -> Floats:
        """Costs (P,) of phrases that a space ends in this frame, or that no letter has followed for long enough.

        `before` (N,) is what their letters have cost, `ago` (N,) how many frames ago the last one was.
        """
        settings, since = self.settings, ago[self.tree.ends]
        space = np.full_like(since, cost[self._space], cost.dtype)
        rested = np.where(since >= settings.rest, cost[BLANK], _NEVER)
        total: Floats = before[self.tree.ends] + np.where(since > settings.late, _NEVER, np.maximum(space, rested))
        return total
