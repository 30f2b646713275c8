"""``python -m piperoll``."""

from __future__ import annotations

from piperoll.cli import main


if __name__ == "__main__":
    main()
