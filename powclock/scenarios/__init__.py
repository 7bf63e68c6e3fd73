"""The shipped scenarios, as TOML."""
