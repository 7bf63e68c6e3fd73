"""The commands of recordings: `powclock rerun` and `powclock export`, and where one is made."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import typer

from powclock.cli_errors import WrongUse
from powclock.cli_options import AS_JSON, EVENTS, HEADERS, NO_CHECK
from powclock.cli_output import ask_to_write_over
from powclock.cli_progress import progress
from powclock.record.checker.broken import BrokenInvariant
from powclock.record.recording.reader import NoRecording, Recording, is_recording, shown

OURS = 1

FILE = Annotated[Path, typer.Argument(metavar="FILE", help="A recording.")]
FORMAT = Annotated[
    Literal["jsonl", "csv", "dot", "json"],
    typer.Option("--format", help="Records, table of blocks, graph of blocks, or the summary."),
]


def each_its_own(path: Path | None, rules: Sequence[str]) -> list[Path | None]:
    """A file for the recording of each rule: the rule stands before the suffix."""
    return [path and path.with_stem(f"{path.stem}-{rule}") for rule in rules]


def claimed(paths: Sequence[Path | None], *, force: bool) -> list[Path | None]:
    """The files of `--record`, which are there and may be written over now.

    Raises:
        WrongUse: one cannot be written, or holds something that nobody wants to lose. None is
            there that was not there before.
    """
    if force and not any(paths):
        raise WrongUse("--force goes with --record FILE, which it lets write over")
    made: list[Path] = []
    try:
        return [path and _claim(path, made, force=force) for path in paths]
    except (WrongUse, typer.Abort):
        for path in made:
            path.unlink(missing_ok=True)
        raise


def _claim(path: Path, made: list[Path], *, force: bool) -> Path:
    try:
        try:
            path.touch(exist_ok=False)
            made.append(path)
        except FileExistsError:
            if not force:
                ask_to_write_over("--record", path)
        path.open("ab").close()
    except OSError as error:
        raise WrongUse(f"--record: {shown(path)}: cannot be written: {error.strerror}") from error
    return path.absolute()


def writable(option: str, path: Path | None, files: ExitStack) -> BinaryIO | None:
    """A file for what a race writes, which an option names.

    Raises:
        WrongUse: it cannot be written, or is a recording.
    """
    if path is None:
        return None
    if is_recording(path):
        raise WrongUse(f"{shown(path)} is a recording: name another file")
    try:
        return files.enter_context(path.open("wb"))
    except OSError as error:
        raise WrongUse(f"{option}: {path}: cannot be written: {error.strerror}") from error


@contextmanager
def told(again: str) -> Iterator[None]:
    """A race that breaks an invariant ends with what, where, and the command that shows it."""
    try:
        yield
    except BrokenInvariant as broken:
        typer.echo(f"powclock: the race stopped: {broken}\nagain: {again}", err=True)
        raise typer.Exit(OURS) from broken


@contextmanager
def _opened(path: Path) -> Iterator[Recording]:
    """A recording; what is not whole of it is told, and is the exit status."""
    try:
        with Recording(path) as recording:
            yield recording
            damage = str(recording.damage or "")
            if not damage and recording.ending is None:
                damage = "it has no end: it was cut off, or is being recorded"
    except NoRecording as error:
        raise WrongUse(str(error)) from error
    if damage:
        sys.stdout.flush()
        typer.echo(f"powclock: {shown(path)}: {damage}; what is before that was used", err=True)
        raise typer.Exit(OURS)


def rerun(
    file: FILE,
    as_json: AS_JSON = False,
    events: EVENTS = None,
    headers: HEADERS = None,
    no_check: NO_CHECK = False,
) -> None:
    """Race a recording again, as fast as it goes, and demand every record to be the same.

    \b
    powclock rerun demo.powclock
    powclock rerun demo.powclock --headers chain.bin
    """
    from powclock.lab.report import report_json, report_text
    from powclock.race.headless import Outputs
    from powclock.race.rerun import Differs
    from powclock.race.rerun import rerun as race_again

    with _opened(file) as recording, told(shlex.join(["powclock", *sys.argv[1:]])):
        with ExitStack() as files:
            outputs = Outputs(
                writable("--events", events, files), writable("--headers", headers, files)
            )
            end_ns = recording.ending.time_ns if recording.ending is not None else 0
            try:
                with progress(0, end_ns) as tell:
                    summary, same = race_again(
                        recording, outputs=outputs, progress=tell, check=not no_check
                    )
            except Differs as difference:
                typer.echo(f"powclock: {shown(file)}: another race: {difference}", err=True)
                raise typer.Exit(OURS) from difference
        if as_json:
            typer.echo(report_json(summary).decode())
            return
        typer.echo(_compared(recording, same) + report_text(summary))


def _compared(recording: Recording, same: int) -> str:
    if recording.damage is not None:
        return f"the same  {same} records, up to the damage\n"
    if recording.ending is None:
        return f"the same  {same} records; the recording was cut off there\n"
    return f"the same  {same} records, and the digest\n"


def export(file: FILE, form: FORMAT = "jsonl") -> None:
    """Write what a recording holds to standard output, in a form that other programs read.

    \b
    powclock export demo.powclock > events.jsonl           a line for each record
    powclock export demo.powclock --format csv             a row for each block
    powclock export demo.powclock --format dot | dot -Tsvg > tree.svg
    powclock export demo.powclock --format json            the summary
    """
    with _opened(file) as recording:
        if form == "jsonl":
            for line in recording.lines():
                sys.stdout.buffer.write(line)
        elif form == "json":
            sys.stdout.write(_summary(recording) + "\n")
        else:
            from powclock.record.block_table import table_of

            table = table_of(recording.records())
            for text in table.as_csv() if form == "csv" else table.as_dot():
                sys.stdout.write(text)


def _summary(recording: Recording) -> str:
    """The summary as JSON, without what a recording that did not end cannot tell."""
    import msgspec

    from powclock.lab.report import report_json
    from powclock.race.folded import UNTOLD, has_summary, summary_of

    figures = report_json(summary_of(recording))
    if has_summary(recording):
        return figures.decode()
    fields: dict[str, object] = msgspec.json.decode(figures)
    known = {name: value for name, value in fields.items() if name not in UNTOLD}
    return msgspec.json.encode(known).decode()
