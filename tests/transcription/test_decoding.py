"""Scores that are made up of known texts, and what is read in them."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from legato.app import assets
from legato.app.engine.contract import VERSION, Contract, TranscriptSettings
from legato.app.engine.errors import ModelError, UsageError
from legato.app.transcription.decoding import open_decoder
from legato.app.transcription.decoding.alphabet import Alphabet
from legato.app.transcription.decoding.greedy import GreedyDecoder
from legato.app.transcription.decoding.language import read_language
from legato.app.transcription.decoding.merging import merge
from legato.app.transcription.decoding.search import BeamDecoder, Pruning

Floats = NDArray[np.float32]

LABELS = ("<blank>", " ", "'", *"abcdefghijklmnopqrstuvwxyz")
LANGUAGE = Path(__file__).with_name("words.klm")
"""Made of sentences.txt by `legato train language-model sentences.txt -o words.klm --order 2 --slots 3`"""


def contract(**changes: object) -> Contract:
    settings = TranscriptSettings(language_weight=0.6, word_bonus=0.0, beam=50, delay=0.0, confidence=(1.0, 3.0))
    return Contract(
        version=VERSION,
        task="speech",
        cell="gru",
        labels=LABELS,
        sample_rate=16000,
        hop=480,
        lookahead=0.0,
        inputs=("audio", "lengths"),
        outputs=("scores",),
        states=(),
        settings=replace(settings, **changes),  # type: ignore[arg-type]
        provenance={"made by": "a test"},
    )


def scores_of(text: str, heard: Mapping[int, Mapping[str, float]] | None = None, sure: float = 0.99) -> Floats:
    """Log-probabilities (T, C): blank, character, blank, character … blank; character k lies in frame 2 k + 1.

    `heard` says of characters by their place what else there might be, with its probability.
    """
    chances = np.full((2 * len(text) + 1, len(LABELS)), (1 - sure) / (len(LABELS) - 1))
    chances[::2, 0] = sure
    for place, character in enumerate(text):
        frame = chances[2 * place + 1]
        others = dict((heard or {}).get(place, {}))
        frame[LABELS.index(character)] = sure - sum(others.values())
        for other, chance in others.items():
            frame[LABELS.index(other)] = chance
    scores: Floats = np.log(chances / chances.sum(axis=1, keepdims=True)).astype(np.float32)
    return scores


def text_of(decoder: GreedyDecoder | BeamDecoder, scores: Floats) -> str:
    return " ".join(word.word for word in decoder.decode(scores))


def beam(vocabulary: tuple[str, ...] = (), **changes: object) -> BeamDecoder:
    return BeamDecoder(contract(**changes), read_language(LANGUAGE), vocabulary)


class TestGreedy:
    def test_words_lie_where_their_letters_do(self) -> None:
        words = GreedyDecoder(contract()).decode(scores_of("we see"))
        assert [(word.word, round(word.start / 0.03, 6), round(word.end / 0.03, 6)) for word in words] == [
            ("we", 1, 4),
            ("see", 7, 12),
        ]

    def test_what_writes_late_is_told_earlier_but_not_before_the_start(self) -> None:
        (word,) = GreedyDecoder(contract(delay=0.06, ending=-0.05)).decode(scores_of("we"))
        assert word.start == 0.0
        assert word.end == pytest.approx(4 * 0.03 - 0.05)
        (word,) = GreedyDecoder(contract(ending=0.05)).decode(scores_of("we"))
        assert word.end == pytest.approx(5 * 0.03)  # which is where the scores end

    def test_confidence_is_the_logistic_of_how_certain_the_letters_are(self) -> None:
        scores = scores_of("we", {0: {"v": 0.3}}, sure=0.7)
        (word,) = GreedyDecoder(contract(confidence=(2.0, 1.0))).decode(scores)
        certainty = -math.sqrt(-(math.log(0.4) + math.log(0.7)) / 2)
        assert word.confidence == pytest.approx(1 / (1 + math.exp(-(2 * certainty + 1))), abs=5e-3)

    def test_nothing_is_read_in_nothing(self) -> None:
        empty = np.zeros((0, len(LABELS)), np.float32)
        assert GreedyDecoder(contract()).decode(empty) == []
        assert GreedyDecoder(contract()).decode(scores_of("  ")) == []
        assert beam().decode(empty) == []
        assert beam().decode(scores_of("  ")) == []

    def test_other_labels_than_characters_are_refused(self) -> None:
        with pytest.raises(ModelError, match="'labels' must be a blank and single characters"):
            GreedyDecoder(replace(contract(), labels=("<blank>", " ", "the")))
        with pytest.raises(ModelError, match="a space among them"):
            GreedyDecoder(replace(contract(), labels=("<blank>", "a", "b")))


@given(st.lists(st.integers(0, 4), max_size=40))
def test_a_path_reads_as_ctc_says(path: list[int]) -> None:
    labels = ("<blank>", " ", "a", "b", "c")
    told = "".join(labels[now] for now, before in zip(path, [0, *path], strict=False) if now not in {0, before})
    reading = Alphabet(labels).read(np.array(path, np.intp))
    assert [word.word for word in reading.words] == told.split()
    edges = [edge for word in reading.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    for word in reading.words:
        assert labels[path[word.start]] == word.word[0]
        assert labels[path[word.end - 1]] == word.word[-1]


class TestSearch:
    def test_the_language_model_chooses_between_what_sounds_alike(self) -> None:
        # The last two letters of "their" and "there" are as good as the same.
        unclear = {3: {"r": 0.49}, 4: {"e": 0.49}}
        decoder = beam()
        assert text_of(decoder, scores_of("their plane", unclear)) == "their plane"
        assert text_of(decoder, scores_of("their is", unclear)) == "there is"

    def test_its_weight_is_the_contracts(self) -> None:
        unclear = scores_of("their is", {3: {"r": 0.3}, 4: {"e": 0.3}})
        assert text_of(beam(language_weight=3.0), unclear) == "there is"
        assert text_of(beam(language_weight=0.05), unclear) == "their is"

    def test_the_bonus_makes_words(self) -> None:
        # A space may be heard in "there" or not; "he" and "re" are no words, but "a" and "plane" are.
        unclear = scores_of("a plane", {1: {"<blank>": 0.93}})
        assert text_of(beam(word_bonus=4.0), unclear) == "a plane"
        assert text_of(beam(word_bonus=-8.0), unclear) != "a plane"

    def test_letters_that_hide_behind_blanks_are_found(self) -> None:
        faint = scores_of("the old man", {place: {"<blank>": 0.85} for place in (8, 9, 10)})
        assert text_of(beam(), faint) == "the old"
        decoder = beam(blank=4.0)
        assert text_of(decoder, faint) == "the old man"
        assert decoder.decode(faint)[0].confidence == beam().decode(faint)[0].confidence

    def test_known_words_replace_what_is_not_spelled_clearly(self) -> None:
        assert text_of(beam(), scores_of("in the jqngle", {8: {"u": 0.3}})) == "in the jungle"

    def test_unknown_words_are_spelled_where_they_are_heard_clearly(self) -> None:
        assert text_of(beam(), scores_of("we see the zorgon", sure=0.999)) == "we see the zorgon"
        assert text_of(beam(language_weight=3.0), scores_of("we see the zorgon", sure=0.6)) != "we see the zorgon"

    def test_a_users_word_is_found_where_it_is_not_heard_clearly(self) -> None:
        unclear = scores_of("we see the zorgon", {12: {"u": 0.5}, 13: {"l": 0.5}, 15: {"a": 0.55}}, sure=0.95)
        assert text_of(beam(), unclear) != "we see the zorgon"
        assert text_of(beam(("Zorgon",)), unclear) == "we see the zorgon"

    def test_a_users_term_may_have_several_words(self) -> None:
        unclear = scores_of("the zen guru", {5: {"a": 0.6}, 9: {"o": 0.6}, 11: {"o": 0.6}})
        assert text_of(beam(("zen guru", "élan")), unclear) == "the zen guru"

    def test_only_the_likeliest_words_and_the_users_are_tried(self) -> None:
        unclear = scores_of("the zqrgon in the jqngle", {5: {"o": 0.4}, 19: {"u": 0.3}})
        few = BeamDecoder(contract(), read_language(LANGUAGE), ("zorgon",), Pruning(words=2))
        assert text_of(beam(("zorgon",)), unclear) == "the zorgon in the jungle"
        assert text_of(few, unclear).startswith("the zorgon")
        assert not text_of(few, unclear).endswith("jungle")

    def test_times_are_those_of_the_letters(self) -> None:
        words = beam().decode(scores_of("the old man"))
        assert [(word.word, round(word.start / 0.03), round(word.end / 0.03)) for word in words] == [
            ("the", 1, 6),
            ("old", 9, 14),
            ("man", 17, 22),
        ]

    def test_a_word_that_is_heard_less_clearly_is_less_sure(self) -> None:
        sure, unsure = beam().decode(scores_of("old man", {5: {"e": 0.45}}))
        assert (sure.word, unsure.word) == ("old", "man")
        assert unsure.confidence < sure.confidence

    def test_the_same_scores_give_the_same_words(self) -> None:
        chance = np.random.default_rng(3)
        noisy = scores_of("the man and the plane are old") + chance.normal(0, 2.5, (59, len(LABELS)))
        noisy = (noisy - np.log(np.exp(noisy).sum(axis=1, keepdims=True))).astype(np.float32)
        assert beam().decode(noisy) == beam().decode(noisy)

    def test_impossible_labels_do_no_harm(self) -> None:
        scores = scores_of("we see")
        scores[scores < -5] = -np.inf
        assert text_of(beam(), scores) == "we see"

    def test_more_words_than_there_is_room_for(self) -> None:
        with pytest.raises(UsageError, match=r"has 4 words, and .*words\.klm room for 3"):
            beam(("alpha", "beta", "gamma", "delta"))
        assert text_of(beam(("alpha", "beta", "Beta", "gamma")), scores_of("beta")) == "beta"

    def test_a_word_without_letters(self) -> None:
        with pytest.raises(UsageError, match="the vocabulary's '42' has no letter"):
            beam(("alpha", "42"))


@pytest.mark.parametrize("noise", [0.5, 1.5, 2.5])
def test_times_are_those_of_forced_alignment(noise: float) -> None:
    import torch
    from torchaudio.functional import forced_align

    chance = np.random.default_rng(5)
    raw = scores_of("he doesn't see the old plane over there") + chance.normal(0, noise, (79, len(LABELS)))
    scores = (raw - np.log(np.exp(raw).sum(axis=1, keepdims=True))).astype(np.float32)
    words = beam().decode(scores)
    text = " ".join(word.word for word in words)
    assert len(words) > 2
    tokens = torch.tensor([[LABELS.index(character) for character in text]], dtype=torch.int32)
    path, _ = forced_align(torch.from_numpy(scores)[None], tokens, blank=0)
    reading = Alphabet(LABELS).read(path[0].numpy().astype(np.intp))
    assert [word.word for word in reading.words] == text.split()
    for found, aligned in zip(words, reading.words, strict=True):
        assert (found.start, found.end) == pytest.approx((aligned.start * 0.03, aligned.end * 0.03), abs=0.0301)


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=30))
def test_merged_frames_keep_their_sum(frames: list[tuple[int, bool]]) -> None:
    chances = np.array([[0.0001 if sure else 0.2] * 3 for _, sure in frames])
    for row, (label, sure) in zip(chances, frames, strict=True):
        row[label] = 0.9998 if sure else 0.6
    scores = np.log(chances).astype(np.float32)
    merged, lengths = merge(scores)
    assert lengths.sum() == len(scores)
    assert merged.sum(axis=0) == pytest.approx(scores.sum(axis=0), rel=1e-5)
    for start, length in zip(np.cumsum(lengths) - lengths, lengths, strict=True):
        assert len({frames[place] for place in range(start, start + length)}) == 1
        assert length == 1 or frames[start][1]


class TestOpening:
    def test_a_beam_of_one_needs_no_language_model(self) -> None:
        assert isinstance(open_decoder(contract(beam=1)), GreedyDecoder)
        with pytest.raises(UsageError, match="letter by letter"):
            open_decoder(contract(beam=1), language_model=LANGUAGE)

    def test_the_one_that_is_named_is_taken(self) -> None:
        decoder = open_decoder(contract(), language_model=LANGUAGE, vocabulary=["zorgon"])
        assert isinstance(decoder, BeamDecoder)

    def test_without_one_letters_have_to_do(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(assets, "LANGUAGE", tmp_path / "none.klm")
        assert isinstance(open_decoder(contract()), GreedyDecoder)
        with pytest.raises(UsageError, match="no language model comes with this version"):
            open_decoder(contract(), vocabulary=["zorgon"])

    def test_files_that_are_none(self, tmp_path: Path) -> None:
        path = tmp_path / "x.klm"
        with pytest.raises(ModelError, match=r"x\.klm: cannot be read: No such file"):
            read_language(path)
        path.write_text("\\data\\\nngram 1=3\n")
        with pytest.raises(ModelError, match="no language model: make one with"):
            read_language(path)

    def test_a_damaged_file(self, tmp_path: Path) -> None:
        path = tmp_path / "x.klm"
        whole = LANGUAGE.read_bytes()
        path.write_bytes(whole[:400] + whole[whole.rindex(b"<unk>\0") :])
        with pytest.raises(ModelError, match=r"x\.klm: the language model is damaged"):
            open_decoder(contract(), language_model=path)
