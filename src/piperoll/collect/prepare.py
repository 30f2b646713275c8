"""From a file as it arrived to one ready to be checked. Runs in the limited child alone."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from pathlib import Path

from piperoll.collect.kinds import SHEET_SUFFIXES, TEXT_SUFFIXES, kind_of, read_head
from piperoll.collect.limits import Limits
from piperoll.collect.parquet import read_parquet
from piperoll.collect.prepared import Prepared
from piperoll.collect.remarks import Expected
from piperoll.collect.sheets import read_sheet
from piperoll.collect.text import PLAIN, Told, read_text
from piperoll.collect.unpack import inspect_zip, is_workbook, unpack_gzip
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset


_WORDS = {"text": "text", "parquet": "Parquet", "sheet": "a workbook"}


def prepare(
    path: Path,
    work: Path,
    dataset: Dataset,
    told: str,
    limits: Limits,
    said: Told | None = None,
    expected: Expected | None = None,
) -> Prepared:
    """Read a delivered file, whatever its kind.

    Args:
        path: The file; never changed.
        work: An empty directory of its own.
        dataset: The contract.
        told: Its name for people; its ending is compared with what it is.
        limits: What it may use.
        said: What the person who delivers says of it.
        expected: The slot, against which a workbook's own words are held.

    Raises:
        UserError: PR-C005 to PR-C021, PR-C090 and PR-C180 to PR-C182, each a reason why it cannot be read safely.
    """
    notes: tuple[str, ...] = ()
    path = _plain(path, work)
    kind = kind_of(read_head(path), told)
    if dataset.anonymised and kind != "text":
        why = "An anonymised dataset comes as plain text: a workbook or a packed file can hold more than its table."
        raise UserError("PR-C090", why, where=told, fix=PLAIN)
    if kind == "gzip":
        inner = work / "unpacked"
        unpack_gzip(path, inner, told, limits)
        path = inner
        kind = kind_of(read_head(path), told)
        if kind == "gzip":
            raise _nested(told)
    if kind == "zip":
        if not is_workbook([m.filename for m in inspect_zip(path, told, limits)]):
            raise _nested(told)
        kind = "sheet"
    elif kind == "ole":
        kind = "sheet"
    suffix = Path(told.casefold().removesuffix(".gz")).suffix
    named = "text" if suffix in TEXT_SUFFIXES else "sheet" if suffix in SHEET_SUFFIXES else suffix[1:]
    if named in _WORDS and named != kind:
        notes = (f"The file is named `{suffix}` but is {_WORDS[kind]}.",)
    if kind == "sheet":
        prepared = read_sheet(suffixed(path, work), work, dataset, told, limits, expected)
    elif kind == "parquet":
        prepared = read_parquet(path, work, dataset, told, limits)
    else:
        prepared = read_text(path, work, dataset, told, limits, said or Told())
    if not notes:
        return prepared
    from dataclasses import replace

    return replace(prepared, notes=(*notes, *prepared.notes))


def _plain(path: Path, work: Path) -> Path:
    """The file under a name that every reader takes for one file.

    DuckDB sees a pattern in ``[1]`` and ``*``, and so may read another file; a name that is not UTF-8 it cannot open.
    """
    if re.fullmatch(r"[\w./ ~+,;:=@%()-]+", str(path), re.ASCII):
        return path
    link = work / f"delivered{path.suffix if re.fullmatch(r'[.][A-Za-z0-9]+', path.suffix) else ''}"
    # No symbolic link: the reader's connection may open what lies in the working directory, and nothing behind it.
    try:
        os.link(path.resolve(), link)
    except OSError:
        shutil.copyfile(path, link)
    return link


def suffixed(path: Path, work: Path) -> Path:
    """The workbook under an ending that says what it is: the reader goes by the name first."""
    if path.suffix in SHEET_SUFFIXES and path.parent != work and not zipfile.is_zipfile(path):
        return path
    suffix = ".xls"
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
        suffix = ".ods" if "mimetype" in names else ".xlsb" if "xl/workbook.bin" in names else ".xlsx"
    if path.suffix == suffix:
        return path
    link = work / f"workbook{suffix}"
    link.symlink_to(path.resolve())
    return link


def _nested(told: str) -> UserError:
    fix = "Pack the files themselves, one level deep."
    return UserError("PR-C015", "The file is an archive within an archive.", where=told, fix=fix)
