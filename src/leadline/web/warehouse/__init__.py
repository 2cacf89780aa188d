"""The database as the engine reads it: touches, kinds and funnels."""

from leadline.web.warehouse.definitions import coming, funnels, kinds
from leadline.web.warehouse.touches import every_touch, read, some_touches, touches_of

__all__ = ["coming", "every_touch", "funnels", "kinds", "read", "some_touches", "touches_of"]
