"""Errors that a user can act upon: one line each, saying what is wrong and what to do."""


class LegatoError(Exception):
    """Base of every error that is shown to a user as one line, without a traceback."""


class UsageError(LegatoError):
    """A request that cannot be meant as it was given: an unknown keyword, a threshold outside 0..1."""


class ModelError(LegatoError):
    """A model file that cannot be read or does not keep its own contract; names the file and the field."""


class SourceError(LegatoError):
    """A recording or stream that cannot be read; names it."""


class DeviceError(LegatoError):
    """A microphone, camera or accelerator that is missing or busy; names it."""
