"""The database as the engine reads it: touches, kinds and funnels."""

from leadline.web.warehouse.definitions import Funnels, coming, followed, funnels, kinds
from leadline.web.warehouse.touches import every_touch, merged, read, some_touches, survivors, touches_of

__all__ = [
    "Funnels",
    "coming",
    "every_touch",
    "followed",
    "funnels",
    "kinds",
    "merged",
    "read",
    "some_touches",
    "survivors",
    "touches_of",
]
