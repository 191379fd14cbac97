"""What every part of the torture judges with."""
import sqlite3

STATES = ['queued', 'attempt', 'dot', 'accepted', 'deferred', 'failed', 'doubt', 'cancelled', 'expired']


class Failure(Exception):
    """A promise that was not kept."""


def demand(is_kept, what):
    if not is_kept:
        raise Failure(what)


def read_deliveries(db):
    """{reader: (state, doubts)} of a store that no run has open."""
    database = sqlite3.connect(db)
    try:
        return {address: (STATES[state], doubts)
                for address, state, doubts in database.execute('SELECT address, state, doubts FROM delivery')}
    finally:
        database.close()
