"""Why jobs cannot be read, queued or worked on. Each message is for a person."""

from typing import Final

NOT_INSTALLED: Final = (
    "Workers need packages that are not installed. To install them: "
    "sh install.sh requirements-workers.txt"
)


class JobsFileError(ValueError):
    """The file of jobs cannot be used."""


class QueueError(Exception):
    """The queue cannot be used."""
