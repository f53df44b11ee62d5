"""Settings of the service, from the environment."""

import os
from collections.abc import Mapping
from typing import Final

from db.database import DEFAULT_URL

DEFAULTS: Final[Mapping[str, str]] = {
    "DATABASE_URL": DEFAULT_URL,
    "SITE_URL": "https://www.aliexpress.com",
    "ALISCRAPE_API_KEY": "",
    "ALISCRAPE_TRUSTED_HOSTS": "",
    "ALISCRAPE_CORS_ORIGINS": "",
    "SCRIPT_NAME": "",
}
"""The environment variables that the service reads, with their defaults."""


def from_environment() -> dict[str, str]:
    """Return the settings of the environment, or their defaults."""
    return {name: os.environ.get(name, default) for name, default in DEFAULTS.items()}
