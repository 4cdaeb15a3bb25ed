"""The parts of `scripts/setup.py`. Python 3.8 and its standard library are enough."""


class SetupError(Exception):
    """Set-up cannot go on. The message says what is wrong and what to do."""
