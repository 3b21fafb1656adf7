"""Compare the built documentation with the public API: each name has its heading in the reference, and nothing else has."""

import re
import sys
from pathlib import Path

import surface

PAGES = Path(__file__).parents[2] / "site" / "reference"
HEADING = re.compile(r'<h\d id="(cxkit[\w.]*)" class="doc doc-heading"')


def main() -> None:
    public = {path for path, _ in surface.public()}
    if not PAGES.exists():
        sys.exit("the documentation is not built")
    found = {name for page in PAGES.rglob("*.html") for name in HEADING.findall(page.read_text(encoding="utf-8"))}
    if missing := sorted(path for path in public - found if ".__" not in path):
        sys.exit(f"not in the reference: {', '.join(missing)}")
    if strangers := sorted(found - public):
        sys.exit(f"in the reference, but not public: {', '.join(strangers)}")


if __name__ == "__main__":
    main()
