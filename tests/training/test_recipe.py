"""Recipes: every entry is checked by name and kind."""

from pathlib import Path

import pytest

from legato.training.gestures.task import GestureRecipe
from legato.training.keywords import KeywordRecipe
from legato.training.recipe import read_recipe
from legato.training.speech.task import SpeechRecipe

RECIPES = Path(__file__).parents[2] / "training" / "recipes"


def read(tmp_path: Path, text: str) -> KeywordRecipe:
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    return read_recipe(path, KeywordRecipe())


def test_entries_replace_defaults(tmp_path: Path) -> None:
    recipe = read(tmp_path, 'labels = ["a", "b"]\n[recurrent]\nhidden = 7\n[streams.augment]\nnoise = 1\n')
    assert recipe.labels == ("a", "b")
    assert recipe.recurrent.hidden == 7
    assert recipe.streams.augment.noise == 1.0
    assert recipe.loop == KeywordRecipe().loop


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[recurrent]\nhiden = 7\n", "there is no setting 'hiden'; known are cell, inputs, hidden"),
        ('[recurrent]\nhidden = "7"\n', r"recurrent: hidden must be of the kind of 128, not '7'"),
        ("loss = 3\n", "loss is a table"),
        ('[recurrent]\ncell = "elman"\n', "cell must be one of rnn, gru, lstm"),
        ("= 3", "Invalid"),
    ],
)
def test_what_cannot_be_is_named_with_the_file(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as error:
        read(tmp_path, text)
    assert "recipe.toml" in str(error.value)


DEFAULTS: dict[str, GestureRecipe | KeywordRecipe | SpeechRecipe] = {
    "gestures": GestureRecipe(),
    "keywords": KeywordRecipe(),
    "speech": SpeechRecipe(),
    "librispeech": SpeechRecipe(),
}
"""By the beginning of a recipe's name; other TOML files are no recipes of training"""


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(RECIPES.glob("*.toml")) if path.stem.partition("_")[0] in DEFAULTS],
    ids=lambda path: path.name,
)
def test_shipped_recipes_are_valid(path: Path) -> None:
    default = DEFAULTS[path.stem.partition("_")[0]]
    assert read_recipe(path, default).network.labels
