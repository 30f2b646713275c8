"""What a linkage may say. The register declares linkages, too, so that its room has the model."""

from __future__ import annotations

from piperoll.register.model.linkage import (
    NAMED,
    BesideSpec,
    BlockingSpec,
    ComparisonSpec,
    Declared,
    FieldSpec,
    InputSpec,
    Kind,
    LevelSpec,
    NeverSpec,
    StepSpec,
    ThresholdsSpec,
)


__all__ = [
    "NAMED",
    "BesideSpec",
    "BlockingSpec",
    "ComparisonSpec",
    "Declared",
    "FieldSpec",
    "InputSpec",
    "Kind",
    "LevelSpec",
    "NeverSpec",
    "StepSpec",
    "ThresholdsSpec",
]
