# SPDX-License-Identifier: Apache-2.0
"""Every work that a catalogue or a shipped card names is in the bibliography of reports."""
import re
from pathlib import Path

from conftest import SOURCE, dovetail

CITATION = re.compile(r"([A-Z][A-Za-z-]+)(?: and [A-Z][A-Za-z-]+| et al\.) (\d{4})")


def test_the_bibliography_has_all_that_catalogues_and_cards_name():
    source = Path(SOURCE)
    texts = [dovetail("list", section, cwd=source).stdout
             for section in ("objectives", "tunings", "optimizers")]
    for card in sorted((source / "data/cards").glob("*.toml")):
        texts += re.findall(r"^source = (.*)$", card.read_text(encoding="utf-8"), re.M)
    bib = (source / "src/analysis/methods/papers.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{([^,]+),", bib, re.M)
    cited = {name.lower() + year for text in texts for name, year in CITATION.findall(text)}

    assert len(keys) == len(set(keys))
    assert len(cited) > 30
    assert cited <= set(keys), f"missing in papers.bib: {sorted(cited - set(keys))}"
