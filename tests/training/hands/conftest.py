from typing import Any

import moderngl
import pytest


@pytest.fixture(scope="session")
def _egl() -> None:
    settings: dict[str, Any] = {"backend": "egl"}
    try:
        moderngl.create_context(standalone=True, **settings).release()
    except Exception as error:  # noqa: BLE001 — moderngl raises nothing more precise
        pytest.skip(f"without a context of EGL there is no picture: {error}")
