from pathlib import Path

import cv2
import numpy as np
import pytest

from legato.app.vision.region import Picture
from legato.app.vision.tracker import HandModels


@pytest.fixture(scope="session")
def models() -> HandModels:
    """The networks in the package."""
    return HandModels.shipped("cpu")


@pytest.fixture(scope="session")
def picture() -> Picture:
    """A rendered right hand, open, 640 × 480."""
    stored = np.fromfile(Path(__file__).parent / "hand.jpg", np.uint8)
    picture = cv2.imdecode(stored, cv2.IMREAD_COLOR_RGB)
    assert picture is not None
    return np.asarray(picture, np.uint8)
