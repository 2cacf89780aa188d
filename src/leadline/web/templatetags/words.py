"""Instants, money and numbers, as whoever looks wants to read them."""

from __future__ import annotations

from django import template

register = template.Library()
