"""What a linkage may say. The register declares linkages, too, so that its room has the model."""

from __future__ import annotations

from piperoll.register.model.linkage import (
    NAMED,
    BlockingSpec,
    ComparisonSpec,
    Declared,
    FieldSpec,
    InputSpec,
    Kind,
    LevelSpec,
    NeverSpec,
    ThresholdsSpec,
)


__all__ = [
    "NAMED",
    "BlockingSpec",
    "ComparisonSpec",
    "Declared",
    "FieldSpec",
    "InputSpec",
    "Kind",
    "LevelSpec",
    "NeverSpec",
    "ThresholdsSpec",
]
