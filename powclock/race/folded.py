"""What came of a race, told from its recording."""

from hashlib import sha256

import msgspec

from powclock.race.session import session_of
from powclock.race.summary import Summary, summarise
from powclock.record.events import Record
from powclock.record.past import Unfounded, fold_in
from powclock.record.recording.reader import NoRecording, Recording, shown
from powclock.record.view import View

# A table keeps all blocks of a race.
BLOCKS_KEPT = 1 << 62
# What only who sees all nodes at once can say.
UNTOLD = ("state_groups", "writes_missing")


def summary_of(recording: Recording) -> Summary:
    """The summary that the race ended with; of one that did not end, as far as it is recorded.

    Then `UNTOLD` are not known: they are as if all agreed.

    Raises:
        NoRecording: one line: its records do not follow from each other.
        ScenarioError: one line: its scenario or inputs are none.
    """
    if has_summary(recording):
        assert recording.ending is not None
        try:
            return msgspec.json.decode(recording.ending.summary, type=Summary)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise NoRecording(f"{shown(recording.path)}: its summary is none: {error}") from error
    view, digest = fold(recording)
    session = session_of(recording)
    return summarise(
        view, digest, view.records, session.end.time_ns, len(session.inputs),
        state_groups=1, writes_missing=0,
    )  # fmt: skip


def has_summary(recording: Recording) -> bool:
    """Whether a recording was ended, by a race that went well."""
    ending = recording.ending
    return ending is not None and recording.damage is None and bytes(ending.summary) != b"null"


def fold(recording: Recording) -> tuple[View, str]:
    """A view of all records, and their digest.

    Raises:
        NoRecording: one line: there are none, or they do not follow from each other.
    """
    view, digest = View(BLOCKS_KEPT), sha256()
    for record, line in recording.both():
        digest.update(line)
        take(view, record, recording)
    if view.started is None:
        raise NoRecording(f"{shown(recording.path)}: there is no record in it that is whole")
    return view, digest.hexdigest()


def take(view: View, record: Record, recording: Recording) -> None:
    """Fold a record that may be anybody's into a view.

    Raises:
        NoRecording: one line: it does not follow from those before, so no race wrote this.
    """
    try:
        fold_in(view, record)
    except Unfounded as error:
        raise NoRecording(f"{shown(recording.path)}: {error}") from error
