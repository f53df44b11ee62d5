"""Addresses of the stylesheet and the script, which change when the files do."""

from functools import cache
from hashlib import blake2b
from pathlib import Path

from flask import current_app, url_for


def asset_address(filename: str) -> str:
    """Return the address of a static file with a digest of its content.

    So a browser may keep the file, and still gets the new one after an update.
    """
    return url_for(
        "static", filename=filename, v=_digest(f"{current_app.static_folder}/{filename}")
    )


@cache
def _digest(path: str) -> str:
    return blake2b(Path(path).read_bytes(), digest_size=6).hexdigest()
