"""Cross-checks of the sentences of a publication: each reference is to cells that a table shows."""

from __future__ import annotations

from piperoll.register.checks.at import Of
from piperoll.register.narrative import FUNCTIONS, Call, read
from piperoll.register.refer import Wrong, choices, codes_of
from piperoll.register.shape import Path, nearest


def check_narrative(of: Of) -> None:
    """Templates can be read, say nothing by hand, and refer to what there is (``PR-R020``, 130 to 132)."""
    for i, section in enumerate(of.publication.sections):
        for j, text in enumerate(section.text):
            _template(of, text, ("sections", i, "text", j))
    for i, point in enumerate(of.publication.main_points):
        at: Path = ("main_points", i)
        if bool(point.text) == bool(point.measure or point.subject or point.codes):
            said = "A main point has either a `text`, or a `measure` with its `subject` and `codes`."
            of.tell("PR-R031", at, said)
        elif point.text:
            _template(of, point.text, (*at, "text"))
        else:
            call = Call("moved", point.measure, tuple(point.codes.items()))
            wrong = choices(of.publication, of.codes, call)[1]
            if wrong is not None and not wrong.what:  # Names that are not known are told elsewhere.
                _nowhere(of, at, wrong.message, wrong.fix)


def _template(of: Of, text: str, path: Path) -> None:
    template = read(text)
    for fault in template.faults:
        cure = nearest(fault.word, fault.names) if fault.word else ""
        if fault.word and not cure:
            cure = f"There are {', '.join(f'`{each}`' for each in fault.names)}."
        of.tell(fault.code, path, f"{fault.message} (character {fault.at})", cure or fault.fix)
    for call in template.calls:
        wrong = _call(of, call)
        if wrong is None:
            continue
        if wrong.what:
            place = f"{call.function}(...), character {call.at}"
            cure = nearest(wrong.word, wrong.names)
            if not cure and len(wrong.names) <= 12:
                cure = f"There are {', '.join(f'`{each}`' for each in wrong.names)}."
            of.tell("PR-R020", path, f"There is no {wrong.what} `{wrong.word}` ({place}).", cure)
        else:
            _nowhere(of, path, f"{wrong.message} ({call.function}(...), character {call.at})", wrong.fix)


def _nowhere(of: Of, path: Path, message: str, fix: str) -> None:
    """Tell of a reference to no cell, unless the tables or dimensions were not written as they stand."""
    if not any(of.made.touched((name,)) for name in ("tables", "dimensions")):
        of.tell("PR-R132", path, message, fix)


def _call(of: Of, call: Call) -> Wrong | None:
    if FUNCTIONS[call.function].measure:
        return choices(of.publication, of.codes, call)[1]
    if call.get("table"):
        tables = tuple(each.name for each in of.publication.tables)
        return None if call.get("table") in tables else Wrong(what="table", word=call.get("table"), names=tables)
    if call.function == "label":
        ((name, code),) = call.codes.items()
        dimensions = {each.name: each for each in of.publication.dimensions}
        if name not in dimensions:
            return Wrong(what="dimension", word=name, names=tuple(dimensions))
        every = tuple(codes_of(dimensions[name], of.codes))
        return None if code in every else Wrong(what=f"code of {name}", word=code, names=every)
    return None
