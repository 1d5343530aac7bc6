"""Token passing: the same as to try every path, in any chunks, alone or in company."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.app.phrases.search import Floats, Found, PhraseSearch, SearchSettings, Tree

SPACE = 1
PLAIN = SearchSettings(worst=20.0, blank=0.0, inside=0.0, rest=1000, length=1.0, late=1000)


def scores_of(frames: int, seed: int, labels: int = 5) -> Floats:
    """Log-probabilities (T, C), of which some frames are sure and some are not."""
    chance = np.random.default_rng(seed)
    logits = chance.normal(0, 3, (frames, labels))
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), np.float32)


def written(text: str, labels: str = "_ abc", other: float = -5.0) -> Floats:
    """Scores that are sure of one label a frame; `_` is the blank."""
    scores = np.full((len(text), len(labels)), other, np.float32)
    scores[np.arange(len(text)), [labels.index(letter) for letter in text]] = 0.0
    return scores


def together(found: Sequence[Found]) -> tuple[Floats, ...]:
    return tuple(np.concatenate([getattr(one, name) for one in found]) for name in ("scores", "first", "last"))


def tried(scores: Floats, phrase: Sequence[int]) -> Floats:
    """The best total cost (T,) of all paths of a phrase that a space ends at each frame."""
    cost = scores - scores.max(axis=1, keepdims=True)
    best = np.full(len(scores), -np.inf, np.float32)
    for start in range(len(scores)):
        paths = {(0, True): cost[start, phrase[0]]}  # letter, and whether the path is in it: cost
        for frame in range(start + 1, len(scores)):
            following: dict[tuple[int, bool], float] = {}
            for (place, inside), total in paths.items():
                if place == len(phrase) - 1:
                    best[frame] = max(best[frame], total + cost[frame, SPACE])
                ways = {(place, False): 0}
                if inside:
                    ways[place, True] = phrase[place]
                if place + 1 < len(phrase) and not (inside and phrase[place] == phrase[place + 1]):
                    ways[place + 1, True] = phrase[place + 1]
                for way, label in ways.items():
                    following[way] = max(following.get(way, -np.inf), total + cost[frame, label])
            paths = following
    return best


@pytest.mark.parametrize("phrase", [(2,), (2, 3), (2, 2), (3, 2, 3), (2, 1, 2)])
@pytest.mark.parametrize("seed", range(4))
def test_it_finds_the_best_of_all_paths(phrase: tuple[int, ...], seed: int) -> None:
    scores = scores_of(30, seed)
    found = PhraseSearch([phrase], SPACE, PLAIN).step(scores)
    assert found.scores[:, 0] == pytest.approx(np.exp(tried(scores, phrase) / len(phrase)), rel=1e-4, abs=1e-8)


@settings(deadline=None)
@given(sizes=st.lists(st.integers(0, 9), max_size=12), seed=st.integers(0, 5))
def test_any_split_gives_the_same(sizes: list[int], seed: int) -> None:
    scores = scores_of(40, seed)
    phrases = [(2, 3), (2, 3, 4), (4, 1, 2)]
    whole = PhraseSearch(phrases, SPACE).step(scores)
    search, parts, begin = PhraseSearch(phrases, SPACE), [], 0
    for size in [*sizes, 40]:
        parts.append(search.step(scores[begin : begin + size]))
        begin += size
    for expected, told in zip(together([whole]), together(parts), strict=True):
        assert np.array_equal(told, expected)


def test_phrases_that_begin_alike_do_not_disturb_one_another() -> None:
    phrases = [(2, 3), (2, 3, 4), (2, 3, 4, 2), (4, 2), (2, 4)]
    scores = scores_of(60, 9)
    both = together([PhraseSearch(phrases, SPACE).step(scores)])
    for place, phrase in enumerate(phrases):
        for expected, told in zip(together([PhraseSearch([phrase], SPACE).step(scores)]), both, strict=True):
            assert np.array_equal(told[:, place], expected[:, 0])
    assert len(Tree.of(phrases).letters) == 1 + 4 + 2 + 1  # the root, abca, ca, and the c of ac


def test_a_phrase_is_where_its_letters_are() -> None:
    found = PhraseSearch([(2, 3, 4)], SPACE).step(written("___aa_b__cc____ b_"))
    (frame,) = np.flatnonzero((found.scores[:, 0] > 0.99) & (np.roll(found.scores[:, 0], 1) <= 0.99))
    assert frame == 15  # the space ends it
    assert (found.first[frame, 0], found.last[frame, 0]) == (3, 10)


def test_silence_ends_a_phrase_as_a_space_does_and_only_once() -> None:
    found = PhraseSearch([(2, 3)], SPACE, SearchSettings(rest=4, late=6)).step(written("_ab__________ c"))
    assert found.scores[5, 0] < 0.2
    assert (found.scores[6:9, 0] > 0.99).all()  # from four frames after the last letter to six
    assert (found.scores[9:, 0] < 0.2).all()  # and not once more when a space is heard


def test_the_middle_of_a_word_is_no_phrase() -> None:
    alone, within = (PhraseSearch([(2, 3)], SPACE).step(written(text)) for text in ("_ ab ___", "_cab ___"))
    assert alone.scores.max() > 0.99
    assert within.scores.max() == pytest.approx(np.exp(-SearchSettings().inside / (18 * (2 / 18) ** 1.4)), abs=0.01)
    begun = PhraseSearch([(2, 3)], SPACE).step(written("_abc ___"))
    assert begun.scores.max() < 0.2  # the c would have to be a blank


def test_after_a_rest_a_word_may_begin() -> None:
    found = PhraseSearch([(2, 3)], SPACE).step(written("c______ab___ "))
    assert found.scores.max() > 0.99


def test_less_is_forgiven_in_a_short_phrase() -> None:
    scores = written("_abcabca ")
    scores[:, 0] = scores[:, 2:].max(axis=1) + 1.5  # a blank is a little likelier everywhere
    found = PhraseSearch([(2, 3, 4, 2), (2, 3, 4, 2, 3, 4, 2)], SPACE, SearchSettings(blank=0.0)).step(scores)
    assert found.scores[8, 1] > found.scores[:, 0].max()


def test_equal_letters_need_a_blank_between_them() -> None:
    one, two = (PhraseSearch([(2, 2)], SPACE, PLAIN).step(written(text)).scores.max() for text in ("_aa_ ", "_a_a_ "))
    assert one < 0.2
    assert two > 0.99


def test_a_reset_search_is_a_new_one() -> None:
    search, scores = PhraseSearch([(2, 3)], SPACE), scores_of(30, 3)
    search.step(scores_of(17, 4))
    search.reset()
    for expected, told in zip(
        together([PhraseSearch([(2, 3)], SPACE).step(scores)]), together([search.step(scores)]), strict=True
    ):
        assert np.array_equal(told, expected)


def test_no_frames_give_no_scores() -> None:
    found = PhraseSearch([(2, 3), (4,)], SPACE).step(scores_of(0, 1))
    assert found.scores.shape == found.first.shape == found.last.shape == (0, 2)


def test_a_long_stream_stays_sound() -> None:
    search = PhraseSearch([(2, 3, 4)], SPACE)
    for _ in range(20):
        search.step(np.tile(written("cb_ "), (500, 1)))
    assert search.step(written("_a_b_c_ ")).scores.max() > 0.99
