import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.app.engine.contract import VERSION, Contract, DecoderSettings, StateSpec
from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session

names = st.text(min_size=1, max_size=12)
seconds = st.floats(0, 1e6)
shares = st.floats(0, 1)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def unique(values: st.SearchStrategy[Any], least: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, min_size=least, max_size=5, unique=True).map(tuple)


@st.composite
def states(draw: st.DrawFn) -> StateSpec:
    sizes = draw(st.lists(st.integers(1, 10_000), max_size=3))
    axis = draw(st.integers(0, len(sizes)))
    shape = (*sizes[:axis], None, *sizes[axis:])
    return StateSpec(draw(names), shape, draw(st.sampled_from(("float32", "float16", "float64", "int64"))))


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    labels = draw(unique(names, 1))
    decoder = DecoderSettings(
        thresholds={label: draw(shares) for label in labels},
        smoothing=draw(seconds),
        hysteresis=draw(shares),
        refractory=draw(seconds),
        warmup=draw(seconds),
        delay=draw(seconds),
        durations={label: draw(seconds) for label in labels},
        wake=draw(unique(st.sampled_from(labels), 0)),
        command_window=draw(seconds),
        conflict=draw(seconds),
    )
    specs = draw(st.lists(states(), max_size=3, unique_by=lambda state: state.name))
    return Contract(
        version=VERSION,
        task=draw(names),
        cell=draw(names),
        labels=labels,
        sample_rate=draw(st.integers(1, 10**6)),
        hop=draw(st.integers(1, 10**5)),
        lookahead=draw(seconds),
        inputs=draw(unique(names, 1)),
        outputs=draw(unique(names, 1)),
        states=tuple(specs),
        settings=decoder,
        provenance=draw(st.dictionaries(st.text(), json_values, max_size=3)),
    )


@given(contracts())
def test_a_contract_survives_json(contract: Contract) -> None:
    assert Contract.from_json(contract.to_json(), "a.onnx") == contract


def paths(fields: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Where every field of a contract stands."""
    found = []
    for name, value in fields.items():
        found.append((*above, name))
        if isinstance(value, dict) and name != "provenance":
            found += paths(value, (*above, name))
    return found


@given(contracts(), st.data())
def test_a_missing_field_is_named(contract: Contract, data: st.DataObject) -> None:
    fields = json.loads(contract.to_json())
    *above, name = data.draw(st.sampled_from(paths(fields)))
    place = fields
    for step in above:
        place = place[step]
    del place[name]
    with pytest.raises(ModelError) as caught:
        Contract.from_json(json.dumps(fields), "a.onnx")
    field = ".".join((*above, name))
    assert str(caught.value) == f"a.onnx: contract field {field!r} is missing"


@given(contracts(), st.data())
def test_a_wrong_type_is_named(contract: Contract, data: st.DataObject) -> None:
    fields = json.loads(contract.to_json())
    *above, name = data.draw(st.sampled_from(paths(fields)))
    place = fields
    for step in above:
        place = place[step]
    place[name] = data.draw(st.sampled_from([None, True, -3, "", [None], [["x"], 2]]))
    with pytest.raises(ModelError, match=r"^a\.onnx: contract field ") as caught:
        Contract.from_json(json.dumps(fields), "a.onnx")
    field = ".".join((*above, name))
    assert str(caught.value).startswith(f"a.onnx: contract field {field!r}"[:-1])


@given(contracts(), st.integers(VERSION + 1, 10**9))
def test_a_contract_from_the_future_says_so(contract: Contract, version: int) -> None:
    text = dataclasses.replace(contract, version=version).to_json()
    with pytest.raises(ModelError, match=rf"^a\.onnx: contract field 'version' is {version}, from a newer legato"):
        Contract.from_json(text, "a.onnx")


@given(st.text())
def test_any_other_text_is_refused_with_the_file_named(text: str) -> None:
    with pytest.raises(ModelError, match=r"^a\.onnx: ") as caught:
        Contract.from_json(text, "a.onnx")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"version": 0}, "'version' must be 1 or more, not 0"),
        ({"version": 1.0}, "'version' must be an integer, not a fraction"),
        ({"sample_rate": 0}, "'sample_rate' must be 1 or more, not 0"),
        ({"hop": 0}, "'hop' must be 1 or more, not 0"),
        ({"hop": True}, "'hop' must be an integer, not true"),
        ({"lookahead": -1}, "'lookahead' must be 0 or more, not -1"),
        ({"labels": []}, "'labels' must not be empty"),
        ({"labels": ["hey", "go", "go"]}, "'labels' names something twice"),
        ({"labels": "hey"}, "'labels' must be a list, not the string 'hey'"),
        ({"labels": ["hey", "go", ""]}, "'labels' must hold non-empty strings, not an empty string"),
        ({"states": [{"name": "h", "shape": [1, 3], "dtype": "float32"}]}, "'states.0.shape' must mark"),
        (
            {"states": [{"name": "h", "shape": [None, None], "dtype": "float32"}]},
            "'states.0.shape' must mark",
        ),
        ({"states": [{"name": "h", "shape": [None, 0], "dtype": "float32"}]}, "'states.0.shape' must hold positive"),
        ({"states": [{"name": "h", "shape": [None], "dtype": "int3"}]}, "'states.0.dtype' must be one of float32"),
        ({"states": [{"name": "h", "shape": [None], "dtype": "int64"}] * 2}, "'states' names a state twice"),
        ({"states": [5]}, "'states.0' must be an object, not an integer"),
        ({"decoder": {}}, "'decoder.wake' is missing"),
        ({"provenance": [1]}, "'provenance' must be an object, not a list"),
    ],
)
def test_each_rule_names_its_field(make_contract: Any, change: dict[str, Any], complaint: str) -> None:
    fields = {**json.loads(make_contract().to_json()), **change}
    with pytest.raises(ModelError) as caught:
        Contract.from_json(json.dumps(fields), "a.onnx")
    assert str(caught.value).startswith(f"a.onnx: contract field {complaint}")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"thresholds": {"hey": 0.5, "go": 0.5}}, "'decoder.thresholds.stop' is missing"),
        ({"thresholds": {"hey": 0.5, "go": 0.5, "stop": 1.5}}, "'decoder.thresholds.stop' must be between 0 and 1"),
        ({"thresholds": {"hey": 1, "go": 1, "stop": 1, "x": 1}}, "'decoder.thresholds.x' is none of the labels"),
        ({"wake": ["alexa"]}, "'decoder.wake' names 'alexa', which is none of the labels"),
        ({"hysteresis": 2}, "'decoder.hysteresis' must be between 0 and 1, not 2"),
        ({"refractory": "1 s"}, "'decoder.refractory' must be a number, not the string '1 s'"),
    ],
)
def test_each_rule_on_the_decoder_names_its_field(make_contract: Any, change: dict[str, Any], complaint: str) -> None:
    fields = json.loads(make_contract().to_json())
    fields["decoder"].update(change)
    with pytest.raises(ModelError) as caught:
        Contract.from_json(json.dumps(fields), "a.onnx")
    assert str(caught.value).startswith(f"a.onnx: contract field {complaint}")


def test_infinity_is_not_json(make_contract: Any) -> None:
    text = make_contract().to_json().replace('"lookahead": 0.0', '"lookahead": Infinity')
    with pytest.raises(ModelError, match="Infinity is not a JSON number"):
        Contract.from_json(text, "a.onnx")


def test_a_field_of_a_later_minor_change_is_left_aside(make_contract: Any) -> None:
    fields = {**json.loads(make_contract().to_json()), "colour": "blue"}
    assert Contract.from_json(json.dumps(fields), "a.onnx") == make_contract()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            {"labels": ("hey", "go")},
            r"'labels' promises the shape \[null, null, 2\], but 'scores' is \[",
        ),
        ({"inputs": ("audio", "video")}, "'inputs' promises 'video', which the graph lacks"),
        ({"outputs": ("logits",)}, "'outputs' promises 'logits', which the graph lacks"),
        ({"states": ()}, "'inputs' does not name 'hidden', which the graph has"),
        (
            {"states": (StateSpec("hidden", (2, None, 3), "float32"),)},
            r"'states.hidden' promises the shape \[2, null",
        ),
        (
            {"states": (StateSpec("hidden", (1, 3, None), "float32"),)},
            r"'states.hidden' promises the shape \[1, 3, n",
        ),
        ({"states": (StateSpec("hidden", (1, None), "float32"),)}, r"'states.hidden' promises the shape \[1, null\]"),
        (
            {"states": (StateSpec("hidden", (1, None, 3), "float16"),)},
            "'states.hidden' promises float16, but",
        ),
    ],
)
def test_a_graph_that_contradicts_its_contract(
    write_model: Any, make_contract: Any, make_settings: Any, change: dict[str, Any], complaint: str
) -> None:
    if "labels" in change:
        of_two = dict.fromkeys(change["labels"], 0.5)
        change = {**change, "settings": make_settings(thresholds=of_two, durations=of_two)}
    path = write_model(make_contract(**change))
    with pytest.raises(ModelError, match=complaint) as caught:
        Session.open(path, "cpu")
    assert str(caught.value).startswith(f"{path}: contract field ")
