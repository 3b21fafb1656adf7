"""The demo on a real log says what is known of it from outside."""

import runpy
from pathlib import Path

import pytest

EXAMPLE = runpy.run_path(str(Path(__file__).parents[1] / "examples/cd_shop.py"))


@pytest.fixture(scope="module")
def shop():
    return EXAMPLE["report"](EXAMPLE["read"]())


# Counted from the log by a plain script that knows nothing of cxkit; the first three and the rewards are published facts
# of this sample, too.
FACTS = [
    "2,357 customers",
    "6,919 orders, 16,479 CDs",
    "1,152 of 2,357 ordered again. 1,843 have ordered nothing for 180 days.",
    "January 1997       376",
    "of 781",
    "February 1997      416",
    "of 857",
    "March 1997         360",
    "of 719",
    "One-time buyers       1,205",
    "2,438 free CDs",
    "Send at 09:00                  62",
    "Not yet                       514",
    "Too late                    1,781",
]


@pytest.mark.parametrize("fact", FACTS)
def test_the_report_tells_what_is_known(shop, fact):
    assert fact in " ".join(EXAMPLE["printed"](shop).splitlines())


def test_the_page_tells_the_same(shop):
    page = EXAMPLE["page"](shop, "$day $lead $months $sections")

    assert "<b>1,152</b> 48.9%" in page
    assert "<b>1,843</b> 78.2%" in page
    assert "2,438 free CDs" in page
