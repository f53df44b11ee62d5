"""Remove what identifies a visitor from pages, and keys and passwords from texts.

Pages keep their titles and prices, and what parsed before parses afterwards.
"""

import ipaddress
import re
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

CUT: Final = "cut"
SHORTEST, SHORTEST_WORD = 6, 12
"""Shorter cookie values, such as "en_US" or "global", identify nobody and stand in many places."""

_NAMES: Final = r"""
    [\w-]*token\w* | [\w-]*secret | [\w-]*session_?id | [\w-]*cookies? | [\w-]*cookie_?id
    | x5sec\w* | secdata | sgcookie | cookie\d+ | (?:client|user|real|remote|ghost|_)?_?ip(?:v[46])?
    | [\w-]*address\w* | (?:client|user|remote)_?addr | umid\w* | uuid | guid | utdid
    | (?:page_)?cna | e_id | isg | tfstk | sid
    | (?:ali|member|user|login|account|buyer|visitor|device|customer|anonymous|client|browser)
      _?(?:id|seq|name|nick|member_?id)
    | (?:first|last|full|contact)_?name | fingerprint | havana_\w+
    | buyer_?admin_?seq | u_?id | nick(?:_?name)? | pv_?id | x_alimid | aeu_cid | munb | unb | lgc
    | ali_\w+_id | ali_\w+_track | xman_(?!goto)\w+ | _m_h5_tk\w* | acs_usuc_t | intl_common_forever
    | e?mail | phone\w* | mobile\w* | contact_?person | detail_?address | street\w* | zip_?code
    | trace_?id | eagle_?eye\w* | x-forwarded-for | authorization | password | api_?key
"""
"""Keys of a page's scripts, parameters and cookies whose values are the visitor's."""
_KEY: Final = (
    rf"(?:(?<![\w-])|(?<=%[0-9A-F]{{2}}))"  # a name follows %26 in an address within an address
    rf"(?P<key>(?:{_NAMES})(?:\\*[\"'])?\s*(?:[:=]|%(?:25)*3[AD])\s*)"
)
_SECRETS: Final = re.compile(
    _KEY + r"""(?: (?P<quote>\\*["']) .*? (?P=quote)
        | (?P<number> -?\d+ ) (?= \s* [,}\]] )
        | (?P<word> (?: [^\s"'&,;}{\]\[<>\\%()] | %(?!26|22|27|3B|2C|7D|3C|20)[0-9A-F]{2} )+ )
    )""",
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip
_LITERALS: Final = frozenset({"true", "false", "null", "undefined"})
_IPV4: Final = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_IPV6: Final = re.compile(r"(?<![\w:.])[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*(?![\w:.])", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[\w.+-]+@(?!\dx\.)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", re.IGNORECASE)


def without_visitor(page: str, cookie_values: Collection[str] = ()) -> str:
    """Return a page without cookies, tokens, addresses and ids of its visitor.

    >>> without_visitor('{"memberId": 4711, "shipFee": "$2", "url": "/w?x5secdata=abc&page=2"}')
    '{"memberId": 0, "shipFee": "$2", "url": "/w?x5secdata=cut&page=2"}'
    """
    page = without(page, [value for value in cookie_values if is_distinct(value)])
    page = _SECRETS.sub(_without_value, page)
    page = _EMAIL.sub(CUT, _IPV4.sub(CUT, page))
    return _IPV6.sub(_without_address, page)


def without(text: str, secrets: Collection[str]) -> str:
    """Return a text without these secrets, the longest first. Only whole words are removed."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", CUT, text)
    return text


def without_user(url: str) -> str:
    """Return an address without user, password and parameters.

    >>> without_user("postgresql://me:pw@db.example/shoes?password=pw")
    'postgresql://cut@db.example/shoes'
    """
    netloc = urlsplit(url).netloc
    host = netloc.rpartition("@")[2]
    address = url.partition("?")[0]
    return address.replace(netloc, f"{CUT}@{host}", 1) if "@" in netloc else address


def secrets_of(variables: Mapping[str, str]) -> set[str]:
    """Return the secrets in the environment: API keys, and users and passwords in addresses."""
    secrets = {key.strip() for key in variables.get("ALISCRAPE_API_KEY", "").split(",")}
    for name in ("DATABASE_URL", "ALISCRAPE_NOTIFY", "http_proxy", "https_proxy", "HTTP_PROXY",
                 "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):  # fmt: skip
        for url in re.split(r"[\s,]+", variables.get(name, "")):
            secrets |= _secrets_of_url(url)
    return {secret for secret in secrets if secret}


def _secrets_of_url(url: str) -> set[str]:
    user_info = url.partition("://")[2].partition("/")[0].rpartition("@")[0]
    parameters = (pair.partition("=")[2] for pair in url.partition("?")[2].split("&"))
    found = {user_info, *user_info.split(":", 1), *filter(is_distinct, parameters)}
    return found | {unquote(text) for text in found}


def is_distinct(value: str) -> bool:
    """Return whether a value is too special to be a word of a page."""
    return len(value) >= (SHORTEST_WORD if value.isalpha() else SHORTEST)


def _without_value(found: re.Match[str]) -> str:
    """Return a key with another value of the same kind, so that JSON stays JSON."""
    key, quote = found["key"], found["quote"]
    if quote is not None:
        return f"{key}{quote}{CUT}{quote}"
    if found["number"] is not None:
        return f"{key}0"
    return found[0] if found["word"] in _LITERALS else f"{key}{CUT}"


def _without_address(found: re.Match[str]) -> str:
    text = found[0].rstrip(".")
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return found[0]
    return CUT + found[0][len(text) :] if len(text) > len("::1") else found[0]
