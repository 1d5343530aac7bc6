"""Sentences with what texts hold little of: numbers, dates, times, prices, names, places, commands and questions."""

from collections.abc import Iterator

import numpy as np
from num2words import num2words

from legato.training.phrases import sentences
from legato.training.phrases.sentences import WORDS, Maker


def _small(chance: np.random.Generator) -> str:
    return str(num2words(int(chance.integers(1, 100))))


def _number(chance: np.random.Generator) -> str:
    top = int(chance.choice([100, 1000, 10_000, 1_000_000], p=[0.35, 0.35, 0.2, 0.1]))
    told = str(num2words(int(chance.integers(1, top)))).replace(",", "")
    return told if chance.random() < 0.6 else told.replace(" and ", " ")


def _rank(chance: np.random.Generator) -> str:
    return str(num2words(int(chance.integers(1, 32)), to="ordinal"))


def _year(chance: np.random.Generator) -> str:
    return str(num2words(int(chance.integers(1700, 2035)), to="year"))


def _time(chance: np.random.Generator) -> str:
    hour, minute = int(chance.integers(1, 13)), int(chance.integers(0, 60))
    told, quarter = str(num2words(hour)), chance.random()
    if quarter < 0.3:
        return f"{told} o'clock"
    if quarter < 0.5:
        return str(chance.choice(["half past", "quarter past", "a quarter to", "ten to", "twenty past"])) + f" {told}"
    minutes = f"oh {num2words(minute)}" if 0 < minute < 10 else str(num2words(max(minute, 10)))
    return f"{told} {minutes}" + str(chance.choice(["", " in the morning", " in the evening"]))


def _date(chance: np.random.Generator) -> str:
    day, month = num2words(int(chance.integers(1, 32)), to="ordinal"), chance.choice(WORDS["month"])
    return f"{month} {day}" if chance.random() < 0.5 else f"the {day} of {month}"


def _digits(chance: np.random.Generator) -> str:
    zero = "oh" if chance.random() < 0.3 else "zero"
    told = [num2words(digit) if digit else zero for digit in chance.integers(0, 10, int(chance.integers(3, 8)))]
    return " ".join(told)


NUMBERS: dict[str, Maker] = {
    "small": _small,
    "number": _number,
    "rank": _rank,
    "year": _year,
    "time": _time,
    "date": _date,
    "digits": _digits,
}


def made_up(chance: np.random.Generator, count: int) -> Iterator[str]:
    """`count` sentences, some of them alike."""
    return sentences.made_up(chance, count, NUMBERS)
