"""Texts that sound nearly like a phrase."""

import pytest

from legato.training.phrases.near_misses import distance_of, near_misses

NEAR_GARAGE = ("hay", "day", "hey", "heh", "garbage", "barrage", "mirage")
WORDS = (*NEAR_GARAGE, "commuter", "compute", "computer", "tomato", "tree")


def test_words_near_in_sound_come_first_and_parts_are_among_them() -> None:
    told = {miss.text: miss.distance for miss in near_misses("hey garage", WORDS, 50)}
    assert {"hey", "garage", "garage hey", "day garage", "hey barrage", "hey mirage"} <= told.keys()
    assert "hay garage" not in told  # pronounced alike
    assert "heh garage" not in told  # an accent away
    assert told["hey barrage"] < told["day barrage"]
    assert not any("tree" in text for text in told)
    assert all("hey garage" not in text for text in told)


def test_one_word_has_no_parts_and_an_unknown_one_goes_by_its_letters() -> None:
    assert {miss.text for miss in near_misses("computer", WORDS, 50)} == {"commuter", "compute", "tomato"}
    assert "compute" in {miss.text for miss in near_misses("computr", WORDS, 50)}
    assert len(near_misses("hey garage", WORDS, 3)) == 3


@pytest.mark.parametrize(
    ("one", "two", "distance"),
    [("K AE T", "K AE T", 0.0), ("K AE T", "G AE T", 0.4), ("K AE T", "AE T", 0.8), ("K AE T", "K IY T", 0.75)],
)
def test_distances(one: str, two: str, distance: float) -> None:
    assert distance_of(one.split(), two.split()) == pytest.approx(distance)
    assert distance_of(two.split(), one.split()) == pytest.approx(distance)
