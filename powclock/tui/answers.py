"""What kind of answer a race's rule gives to "who may append next?": what panels can speak of.

Under naive replication there are no blocks and so no clock; under a schedule there are slots and no
search; only where work leads are there hashes and waits without memory.
"""

from enum import Enum

from powclock.record.frame import Frame


class Answer(Enum):
    """Who leads."""

    NOBODY = "naive"
    SCHEDULE = "schedule"
    WORK = "pow"
    OTHER = "other"


_ANSWERS = {answer.value: answer for answer in Answer}


def answer_of(frame: Frame | None) -> Answer:
    """The answer of a race's rule; of one that is not known here, that it is another one."""
    if frame is None:
        return Answer.WORK
    return _ANSWERS.get(frame.rule, Answer.OTHER)
