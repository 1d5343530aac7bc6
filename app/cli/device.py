"""The option `--device` of all commands."""

from enum import StrEnum


class Device(StrEnum):
    """What a model may run on."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"
