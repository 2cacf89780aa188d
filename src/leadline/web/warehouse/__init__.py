"""The database as the engine reads it: touches, kinds and funnels."""

from leadline.web.warehouse.definitions import coming, funnels, kinds
from leadline.web.warehouse.touches import every_touch, merged, read, some_touches, survivors, touches_of

__all__ = [
    "coming",
    "every_touch",
    "funnels",
    "kinds",
    "merged",
    "read",
    "some_touches",
    "survivors",
    "touches_of",
]
