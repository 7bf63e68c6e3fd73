"""The command: `powclock`, and `python -m powclock`."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line; Ctrl+C while it loads ends it quietly."""
    try:
        from powclock import cli
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    cli.main()


if __name__ == "__main__":
    main()
