"""A dimension as a hierarchy of codes: from the finest code to its code at every coarser level."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from piperoll.errors import UserError
from piperoll.register.model.codes import CodeList
from piperoll.register.model.publication import Dimension
from piperoll.register.model.register import Register


TOTAL = "total"
WITHIN = "within"


@dataclass(frozen=True)
class Step:
    """One level: its name, its codes in the list's order, and their labels."""

    name: str
    codes: tuple[str, ...]
    labels: dict[str, str]
    national: bool


class Hierarchy:
    """A dimension's levels, finest first, and how its codes climb them.

    Args:
        register: Holds the code lists.
        dimension: As declared.

    Raises:
        UserError: ``PR-T002`` when a code list is missing or a code has no parent in the next level's list.
    """

    def __init__(self, register: Register, dimension: Dimension) -> None:
        self.dimension = dimension
        self._lists = [self._codes(register, level.codes) for level in dimension.levels]

    def _codes(self, register: Register, key: str) -> CodeList:
        if key not in register.codes:
            raise UserError(
                "PR-T002",
                f"the dimension {self.dimension.name} needs a code list {key}, and there is none.",
                where="publication.yaml",
                fix=f"Add codes/{key}.yaml or correct the level's `codes`.",
            )
        return register.codes[key]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Levels, finest first; with ``unknown`` below the top, and a total if one is declared."""
        dimension = self.dimension
        if dimension.steps:
            labels = {str(n): f"{n} quarter{'s' if n > 1 else ''}" for n in dimension.steps}
            return (Step(WITHIN, tuple(labels), labels, False),)
        steps = []
        last = len(dimension.levels) - 1
        for place, (level, codes) in enumerate(zip(dimension.levels, self._lists, strict=True)):
            labels = {code.code: code.label for code in codes.codes}
            if dimension.unknown is not None and (place < last or dimension.total is not None or last == 0):
                labels.setdefault(dimension.unknown, dimension.unknown_label)
            steps.append(Step(level.name, tuple(labels), labels, level.national))
        if dimension.total is not None:
            total = {dimension.total: dimension.total_label}
            steps.append(Step(TOTAL, tuple(total), total, not any(s.national for s in steps)))
        return tuple(steps)

    def step(self, name: str) -> Step:
        """The level of this name.

        Raises:
            UserError: ``PR-T003`` if there is none.
        """
        for each in self.steps:
            if each.name == name:
                return each
        raise UserError(
            "PR-T003",
            f"the dimension {self.dimension.name} has no level {name}.",
            where="publication.yaml",
            fix=f"Its levels are: {', '.join(each.name for each in self.steps)}.",
        )

    @cached_property
    def paths(self) -> dict[str, tuple[str, ...]]:
        """For each finest code, its code at every level (itself first)."""
        paths: dict[str, tuple[str, ...]] = {}
        if self.dimension.steps:
            return {code: (code,) for code in self.steps[0].codes}
        for code in self._lists[0].codes:
            path, parent = [code.code], code.parent
            for codes in self._lists[1:]:
                found = codes.get(parent) if parent is not None else None
                if found is None:
                    raise UserError(
                        "PR-T002",
                        f"the code {path[-1]} has no parent in the code list {codes.key}.",
                        where=f"codes/{self._lists[len(path) - 1].key}",
                        fix=f"Give it a `parent` that stands in {codes.key}.",
                    )
                path.append(found.code)
                parent = found.parent
            paths[code.code] = (*path, *self._total)
        if self.dimension.unknown is not None:
            paths.setdefault(self.dimension.unknown, self.unknown_path)
        return paths

    @property
    def _total(self) -> tuple[str, ...]:
        return (self.dimension.total,) if self.dimension.total is not None else ()

    @cached_property
    def unknown_path(self) -> tuple[str, ...]:
        """Codes of what is not in the list: ``unknown`` below the top, and the top."""
        unknown = self.dimension.unknown
        if unknown is None:
            return ()
        own = [unknown] * len(self._lists)
        if not self._total and len(own) > 1:
            own[-1] = self.top or unknown
        return (*own, *self._total)

    @cached_property
    def top(self) -> str | None:
        """The one code that stands for everything, or None if the hierarchy has no single top."""
        if self.dimension.total is not None:
            return self.dimension.total
        if self.dimension.steps:
            return None
        codes = self._lists[-1].codes
        if len(codes) == 1 and not (len(self._lists) == 1 and self.dimension.unknown is not None):
            return codes[0].code
        return None

    @cached_property
    def above(self) -> dict[str, tuple[str, ...]]:
        """For each code of any level, itself and every code above it."""
        found: dict[str, tuple[str, ...]] = {}
        for path in self.paths.values():
            for place, code in enumerate(path):
                found.setdefault(code, path[place:])
        return found

    @cached_property
    def canonical(self) -> dict[str, str | None]:
        """For each code, the code of its cell's identity; None for the whole, which is left out.

        A code that is its parent's only child is the parent.
        """
        children: dict[str, set[str]] = {}
        for path in self.paths.values():
            for code, parent in pairwise(path):
                if code != parent:
                    children.setdefault(parent, set()).add(code)
        answer: dict[str, str | None] = {}
        for code, path in self.above.items():
            now = code
            for parent in path[1:]:
                if parent != now and children[parent] != {now}:
                    break
                now = parent
            answer[code] = None if now == self.top else now
        return answer

    def valid(self, name: str, first: dt.date, last: dt.date) -> tuple[str, ...]:
        """Codes of a level that may be used on some day from ``first`` to ``last``, in order."""
        step = self.step(name)
        place = self.steps.index(step)
        if self.dimension.steps or place >= len(self._lists):
            return step.codes
        codes = self._lists[place]

        def usable(text: str) -> bool:
            code = codes.get(text)
            return code is None or not (
                (code.valid_from is not None and code.valid_from > last)
                or (code.valid_to is not None and code.valid_to < first)
            )

        return tuple(code for code in step.codes if usable(code))

    def attribute(self, key: str, name: str) -> dict[str, float | None]:
        """A numeric attribute of the finest codes, summed up the levels; None where a part lacks it."""
        sums: dict[str, float | None] = {}
        for code in self._lists[0].codes:
            try:
                own: float | None = float(code.attributes[name])
            except (KeyError, ValueError):
                own = None
            for each in dict.fromkeys(self.paths[code.code]):
                before = sums.get(each, 0.0)
                sums[each] = None if own is None or before is None else before + own
        return sums


def labels(register: Register, dimension: Dimension, level: str) -> dict[str, str]:
    """Labels of a dimension's level by code, in order, with those for what is not known and for the total."""
    return dict(Hierarchy(register, dimension).step(level).labels)
