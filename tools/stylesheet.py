"""Make the stylesheet of Piperoll's pages from the govuk-frontend package, as `make setup` does.

The package's stylesheet names a typeface and a crest that only GOV.UK itself may use. What is written here
names Arial instead, loads nothing from anywhere, and is not kept in the repository.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path


ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.css"
TARGET = ROOT / "src/piperoll/present/static/govuk.css"
TYPEFACE = "GDS Transport"


def generic(css: str) -> str:
    """The stylesheet without its typeface, its images and its source map.

    Raises:
        ValueError: If anything would still be loaded, or the typeface is still named.
    """
    css = re.sub(r"@font-face\s*\{[^}]*\}", "", css)
    css = re.sub(rf"""["']?{TYPEFACE}["']?\s*,\s*arial\s*,""", "Arial,", css)
    css = re.sub(r"url\([^)]*\)", "none", css)
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    for trace in (TYPEFACE, "@import", "url("):
        if trace in css:
            raise ValueError(f"the stylesheet still holds {trace!r}")
    return css.strip() + "\n"


def main() -> int:
    """Write the stylesheet; say what to do where the package is missing."""
    if not SOURCE.exists():
        print("The package govuk-frontend is not installed. Run: npm ci --omit=dev", file=sys.stderr)
        return 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    css = generic(SOURCE.read_text(encoding="utf-8"))
    TARGET.write_text(css, encoding="utf-8", newline="\n")
    print(f"{TARGET.relative_to(ROOT)}: {len(css):,} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
