"""What the network is asked to say, frame by frame."""

import numpy as np

from legato.training.alignment import PHONES, Span
from legato.training.targets import IGNORE, TargetConfig, find_labels, phone_targets, word_targets

CONFIG = TargetConfig(early=0.06, rise=0.04, fall=0.2, late=0.1, phone_delay=0.06)


def test_a_word_is_asked_for_after_its_end_and_not_later() -> None:
    targets = word_targets([Span("go", 0.5, 1.0)], {"go": 1}, frames=100, hop=0.02, config=CONFIG)
    heard = (np.arange(100) + 1) * 0.02
    assert set(targets[(heard > 1.045) & (heard < 1.195)]) == {1}
    assert set(targets[(heard > 0.945) & (heard < 1.035)]) == {IGNORE}
    assert set(targets[(heard > 1.205) & (heard < 1.295)]) == {IGNORE}
    assert set(targets[heard < 0.935]) == {0}
    assert set(targets[heard > 1.305]) == {0}


def test_two_words_in_a_row_are_both_asked_for() -> None:
    spans = [Span("go", 0.2, 0.5), Span("no", 0.5, 0.72)]
    targets = word_targets(spans, {"go": 1, "no": 2}, frames=60, hop=0.02, config=CONFIG)
    assert (targets == 1).sum() >= 7
    assert (targets == 2).sum() >= 7


def test_labels_of_several_words_are_found_and_the_longest_wins() -> None:
    words = [Span("say", 0, 1), Span("hey", 1, 2), Span("you", 2, 3), Span("you", 3, 4)]
    found = find_labels(words, ["you", "hey you"])
    assert found == [Span("hey you", 1, 3), Span("you", 3, 4)]


def test_a_clip_of_one_label_of_two_words_is_that_label() -> None:
    assert find_labels([Span("hey you", 0.1, 0.9)], ["hey you"]) == [Span("hey you", 0.1, 0.9)]


def test_part_of_a_word_is_no_label() -> None:
    assert find_labels([Span("going", 0, 1), Span("know", 1, 2)], ["go", "no"]) == []


def test_phones_are_asked_for_late_and_nowhere_else() -> None:
    targets = phone_targets([Span("AA", 0.2, 0.4)], [(0.1, 0.6)], frames=50, hop=0.02, config=CONFIG)
    at = (np.arange(50) + 0.5) * 0.02 - 0.06
    assert set(targets[(at >= 0.2) & (at < 0.4)]) == {PHONES.index("AA")}
    assert set(targets[(at >= 0.1) & (at < 0.2)]) == {PHONES.index("SIL")}
    assert set(targets[(at < 0.1) | (at >= 0.6)]) == {IGNORE}
