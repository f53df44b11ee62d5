"""Import what every `scrapy` command imports, but neither our settings nor Twisted's reactor.

aliscrape.settings reads the environment, and a process chooses its reactor when it starts.
"""

import gc
import importlib
import pkgutil

from scrapy.settings import default_settings
from scrapy.utils.misc import load_object, walk_modules_iter

import aliscrape

list(walk_modules_iter("scrapy.commands"))
for module in pkgutil.walk_packages(aliscrape.__path__, "aliscrape."):
    if module.name != "aliscrape.settings":
        importlib.import_module(module.name)
for components in (
    default_settings.DOWNLOADER_MIDDLEWARES_BASE,
    default_settings.EXTENSIONS_BASE,
    default_settings.SPIDER_MIDDLEWARES_BASE,
):
    for component in components:
        load_object(component)
gc.freeze()  # no process of a command searches what is imported here for garbage
