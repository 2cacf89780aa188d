"""Invented people and companies."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import numpy as np

FIRST = """
Ada Agnes Aiko Alba Alma Amara Amir Ana Anders Anneke Anouk Arno Astrid Aylin Basil Beatriz Benno Birgit
Bram Bruno Carla Carmen Cedric Chiara Clara Colm Dalia Damian Daria David Deniz Dora Edith Eero Elena
Elias Elif Emil Enzo Erik Esther Eva Farah Felix Femke Fiona Florian Frida Gerd Gianni Greta Hanna Hasan
Hedda Helen Hugo Ida Ilse Imran Ines Ingrid Irene Ivo Jana Jelena Jonas Josef Judith Julian Kaja Karim
Karin Katja Kemal Klara Lars Laura Leila Lena Leo Liam Lidia Lina Livia Lotte Luca Lucia Luis Maja Malik
Marco Maren Maria Marta Mateo Maud Mehmet Mila Mina Mira Moritz Nadia Nico Nina Nora Olga Oscar Otto
Paula Pavel Petra Pia Priya Rafael Rahel Rania Renate Rita Robin Rosa Ruben Ruth Sami Sara Selma Silas
Silvia Simon Sofia Stefan Sven Tamar Tania Tarek Thea Theo Tilda Tomas Ulla Urs Vera Victor Viola Wanda
Willem Yara Yusuf Zoe
""".split()

LAST = """
Abbas Adler Albers Almeida Amsel Andersen Arslan Baker Barros Bauer Becker Bergman Bianchi Blom Bosch
Brandt Braun Brook Caruso Castro Claes Conti Cooper Costa Dahl Demir Dietz Diaz Dorn Duarte Eklund Engel
Esposito Faber Falk Farkas Fischer Flores Fontana Frank Frey Fuchs Gallo Garcia Geiger Gruber Haas Hagen
Hahn Hansen Hartmann Heller Herrera Hoffman Holm Horvat Huber Ibanez Jansen Jensen Kaya Keller Kern Klein
Koch Koller Koster Kovac Kramer Krause Kuhn Lang Larsen Lehner Leitner Lindgren Linden Lopez Lorenz Lund
Maier Marin Marino Martens Meijer Mendes Meyer Molnar Moretti Moser Nagy Navarro Neumann Nielsen Novak
Nowak Oberg Okoro Olsen Ortega Ozturk Palmer Pavic Pereira Peters Pinto Popescu Prinz Quist Ramos Reiter
Ricci Riedel Rios Rossi Roth Rubin Sahin Santos Sauer Schmid Schober Seidel Serra Silva Simonsen Singer
Sommer Steiner Stern Stolz Sousa Thaler Thomsen Torres Ulrich Vargas Vidal Visser Vogel Voss Wagner
Walker Weber Weiss Wieland Wolf Yilmaz Young Zeller Ziegler Zimmer
""".split()

TRADES = """
Architects Bakery Bikes Brewing Catering Ceramics Consulting Cosmetics Dental Design Electric Engineering
Farms Films Fitness Flooring Foods Furniture Gardens Glass Health Heating Hotels Insurance Interiors
Joinery Kitchens Law Lighting Logistics Media Metalworks Motors Optics Organics Outdoor Packaging Paper
Pharmacy Physio Plumbing Print Recruiting Roofing Schools Software Solar Sports Studio Tax Textiles
Timber Tools Toys Trading Travel Water Wines Workshops Yachts
""".split()

MAIL_DOMAINS = ("example.com", "example.org", "example.net")
"""Domains that nobody can own."""


def people_names(rng: np.random.Generator, n: int) -> list[tuple[str, str]]:
    """n first and last names; nobody is called like another until all combinations are used."""
    codes = _shuffled(rng, n, len(FIRST) * len(LAST))
    return [(FIRST[code % len(FIRST)], LAST[code // len(FIRST)]) for code in codes]


def company_names(rng: np.random.Generator, n: int) -> list[str]:
    """n names of companies, all different until all combinations are used."""
    codes = _shuffled(rng, n, len(LAST) * len(TRADES))
    return [f"{LAST[code // len(TRADES)]} {TRADES[code % len(TRADES)]}" for code in codes]


def addresses(people: list[tuple[str, str]], company: list[str | None]) -> list[str]:
    """An e-mail address for each, all different, at domains that nobody can own; one domain a company."""
    taken: Counter[str] = Counter()
    found = []
    for number, ((first, last), employer) in enumerate(zip(people, company, strict=True)):
        local = _plain(f"{first}.{last}")
        taken[local] += 1
        repeated = str(taken[local]) if taken[local] > 1 else ""
        domain = MAIL_DOMAINS[(len(employer) if employer else number) % len(MAIL_DOMAINS)]
        found.append(f"{local}{repeated}@{domain}")
    return found


def _shuffled(rng: np.random.Generator, n: int, choices: int) -> list[int]:
    once = rng.permutation(choices)
    return [int(once[place % choices]) for place in range(n)]


def _plain(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z.]", "", ascii_only.lower())
