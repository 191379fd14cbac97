"""What every part of the torture judges with."""

STATES = ['queued', 'attempt', 'dot', 'accepted', 'deferred', 'failed', 'doubt', 'cancelled', 'expired']


class Failure(Exception):
    """A promise that was not kept."""


def demand(is_kept, what):
    if not is_kept:
        raise Failure(what)
