"""Thresholds that were measured after training, taken into a contract."""

import json
from dataclasses import replace
from pathlib import Path

from legato.app.engine.contract import Contract
from legato.app.engine.errors import ModelError


def with_thresholds(contract: Contract, path: Path) -> Contract:
    """The contract with the thresholds that a JSON object gives to labels; ModelError names the file and the label."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: no thresholds can be read ({error})") from None
    if not isinstance(values, dict):
        raise ModelError(f"{path}: must be an object of labels and their thresholds")
    for label, value in values.items():
        if label not in contract.labels:
            raise ModelError(f"{path}: the model has no label {label!r}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ModelError(f"{path}: the threshold of {label!r} must be a number from 0 to 1, not {value!r}")
    thresholds = {**contract.decoder.thresholds, **values}
    return replace(contract, settings=replace(contract.decoder, thresholds=thresholds))
