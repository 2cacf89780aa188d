"""How conversions are shared among the touches that led to them."""
