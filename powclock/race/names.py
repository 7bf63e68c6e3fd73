"""What nodes and clients are called where nobody names them."""

# fmt: off
NAMES = (
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "kim",
    "leo", "mallory", "niaj", "olivia", "peggy", "quinn", "rupert", "sybil", "trent", "uma",
    "victor", "walter", "xena", "yuri", "zoe",
)
# fmt: on


def default_name(index: int) -> str:
    """The name of the node with this number: a person's, then a person's with a number."""
    generation, which = divmod(index, len(NAMES))
    return NAMES[which] + (str(generation + 1) if generation else "")


def client_name(index: int) -> str:
    """The name of the client with this number."""
    return f"client{index + 1}"
