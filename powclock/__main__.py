"""`python -m powclock`."""

from powclock.cli import main

if __name__ == "__main__":
    main()
