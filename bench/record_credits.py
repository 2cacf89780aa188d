"""What the package ChannelAttribution says of made-up journeys, kept for the tests.

    pip install ".[peers]"            # needs a C++ compiler
    python -m bench.record_credits    # writes tests/engine/credit/peer.json anew

So the tests hold Leadline to another implementation on machines that can't build it.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ChannelAttribution
import pandas as pd

from tests.journeys import random_paths

PLACE = Path("tests/engine/credit/peer.json")
LONG = (
    " ".join("AB" * 20),
    0,
    1,
    0,
)  # others stay well below the longest, where simulated journeys break off
HOW: dict[str, Any] = {"nsim_start": 200_000, "seed": 1, "conv_par": 0.01, "verbose": False, "flg_pro": False}


def main() -> None:
    """Write the file."""
    heuristics = [_heuristics(random_paths(seed, number=200)) for seed in range(4)]
    chains = [_chain([*random_paths(11, longest=6), LONG], order) for order in (1, 2)]
    found = {
        "by": f"ChannelAttribution {version('channelattribution')}",
        "heuristics": heuristics,
        "chains": chains,
    }
    PLACE.write_text(json.dumps(found) + "\n", encoding="utf-8")


def _frame(paths: list[tuple[str, int, int, int]]) -> pd.DataFrame:
    rows = [(path.replace(" ", " > "), *rest) for path, *rest in paths]
    return pd.DataFrame(rows, columns=["path", "won", "lost", "worth"])


def _heuristics(paths: list[tuple[str, int, int, int]]) -> dict[str, Any]:
    told = ChannelAttribution.heuristic_models(_frame(paths), "path", "won", var_value="worth", flg_pro=False)
    told = told.set_index("channel_name").sort_index()
    return {"paths": paths, "names": list(told.index)} | {name: told[name].tolist() for name in told.columns}


def _chain(paths: list[tuple[str, int, int, int]], order: int) -> dict[str, Any]:
    frame = _frame(paths).drop(columns="worth")
    found = ChannelAttribution.markov_model(
        frame, "path", "won", var_null="lost", order=order, out_more=True, **HOW
    )
    told = found["removal_effects"] if isinstance(found, dict) else found[2]
    effects = dict(zip(told["channel_name"], told["removal_effect"].astype(float), strict=True))
    return {"paths": paths, "order": order, "effects": effects}


if __name__ == "__main__":
    main()
