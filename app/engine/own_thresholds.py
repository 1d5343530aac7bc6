"""Thresholds of one's own for words that a model was trained for, as `legato tune` leaves them."""

import json
from collections.abc import Mapping

import platformdirs

from legato.app.engine.contract import Contract
from legato.app.engine.errors import ModelError

FILE = platformdirs.user_data_path("legato") / "thresholds.json"


def own_thresholds(contract: Contract) -> dict[str, float]:
    """Those of a model's labels; ModelError where the file makes no sense."""
    return {label: value for label, value in _read().items() if label in contract.labels}


def keep_threshold(label: str, value: float) -> None:
    """Add one, or replace it; all of the file or nothing is written."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    partial = FILE.with_suffix(".partial")
    partial.write_text(json.dumps({**_read(), label: value}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    partial.replace(FILE)


def _read() -> Mapping[str, float]:
    if not FILE.is_file():
        return {}
    try:
        return {str(label): float(value) for label, value in json.loads(FILE.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"{FILE}: holds no thresholds ({type(error).__name__}); remove it") from None
