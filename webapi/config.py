"""Where the service finds its settings: the environment."""

import os
from collections.abc import Mapping

from db.database import DEFAULT_URL


def from_environment() -> Mapping[str, str]:
    """The settings that the environment gives, or their defaults."""
    return {"DATABASE_URL": os.environ.get("DATABASE_URL", DEFAULT_URL)}
