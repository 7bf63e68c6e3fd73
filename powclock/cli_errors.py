"""What a command cannot do as asked: one line with the option, what is wrong, and the mend."""

import typer


class WrongUse(Exception):
    """What the person asked for cannot be done: one line, with the mend."""


def of_typing(error: typer.TyperException) -> str:
    """What is wrong with what was typed, in a line of our kind."""
    option = _option(error) if isinstance(error, typer.BadParameter) else ""
    if option and error.message:
        return f"{option}: {error.message.removeprefix('Value error, ').rstrip('.')}"
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "powclock"
    return f"{error.format_message().rstrip('.')}: see `{command} --help`"


def _option(error: typer.BadParameter) -> str:
    """The option or argument that a value was typed for."""
    if error.param_hint is not None:
        return str(error.param_hint)
    if error.param is None:
        return ""
    longest: str = max(error.param.opts, key=len)
    return longest if longest.startswith("-") else (error.param.metavar or longest).strip("[]")
