"""A copy of a file that is being written, which grows as the file does.

A recording that a person keeps is the same file under another name, where both are on one disk.
Where they cannot be, it is a copy: what there is at first, then what is written from then on.
"""

import contextlib
import errno
import os
from io import FileIO
from pathlib import Path

# What a system says that cannot give this file a second name there; to copy it may do.
_NO_LINK = frozenset(
    {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
)
_BYTES = 1 << 20


class TwinFile:
    """Another file with the content of one, as far as `follow` was last called.

    Raises:
        FileExistsError: there is such a file.
        OSError: it cannot be written; it is not there then.
    """

    def __init__(self, path: Path, twin: Path) -> None:
        self._whole = path.open("rb", buffering=0)
        self._twin: FileIO | None = None
        try:
            self._twin = twin.open("xb", buffering=0)
            self.follow()
        except OSError as error:
            self.close()
            if self._twin is not None:
                with contextlib.suppress(OSError):
                    twin.unlink(missing_ok=True)
            raise OSError(error.errno, error.strerror, str(twin)) from error

    def follow(self) -> None:
        """Take over what the file has more; it ends where it ended before if that cannot be.

        Raises:
            OSError: it cannot be written.
        """
        assert self._twin is not None
        whole_bytes = self._twin.tell()
        try:
            while data := self._whole.read(_BYTES):
                rest = memoryview(data)
                while rest:
                    rest = rest[self._twin.write(rest) or 0 :]
        except OSError:
            with contextlib.suppress(OSError):
                self._twin.truncate(whole_bytes)
            raise

    def close(self) -> None:
        """Follow no more."""
        self._whole.close()
        if self._twin is not None:
            with contextlib.suppress(OSError):
                self._twin.close()


def twin_of(path: Path, other: Path) -> TwinFile | None:
    """Give a file another name, or where that cannot be, a copy that is to follow it.

    Raises:
        FileExistsError: there is such a file.
        OSError: neither can be.
    """
    try:
        os.link(path, other)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise OSError(error.errno, error.strerror, str(other)) from error
        return TwinFile(path, other)
    return None
