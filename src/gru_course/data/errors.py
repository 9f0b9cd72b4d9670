"""The errors of the data layer, written to be read by a learner."""


class DataError(Exception):
    """Data could not be found, trusted or stored; the text says what to do about it."""


class DataUnavailable(DataError):
    """The data are not on this machine and could not be downloaded either."""
