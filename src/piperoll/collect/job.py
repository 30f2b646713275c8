"""What a limited child does. Its answer is JSON; a refusal is a code and a sentence without values."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path
from typing import Any

from piperoll.errors import UserError


def perform(shared: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """Do a job of a known kind, or a function of the trusted side.

    Returns:
        ``{"answer": ...}`` or ``{"refused": {code, message, where, fix}}``.
    """
    told = str(job.get("told", ""))
    limits = job["limits"]
    try:
        kind = job["kind"]
        return {"answer": (kind if callable(kind) else _KINDS[kind])(shared, job)}
    except UserError as error:
        return _refused(error)
    except MemoryError:
        message = f"Reading the file took more than {limits.memory_mb} MiB of memory and was stopped."
        fix = "Split the file, or raise the limit (--memory-mb)."
        return _refused(UserError("PR-C002", message, where=told, fix=fix))
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            fix = "Make room, then collect the file again: nothing of it was kept."
            return _refused(UserError("PR-C004", "The disk is full.", where=told, fix=fix))
        if error.errno == errno.EFBIG:
            message = f"The file unpacks to more than {limits.file_mb} MiB."
            return _refused(UserError("PR-C005", message, where=told, fix="Split the file."))
        return _refused(_unexpected(error, told))
    except Exception as error:
        return _refused(_unexpected(error, told))


def _refused(error: UserError) -> dict[str, Any]:
    names = ("code", "message", "where", "fix")
    return {"refused": {name: getattr(error, name) for name in names}}


def checking_failed(error: Exception, told: str) -> UserError:
    """A sentence for an error nobody foresaw, once the file had been read: it says nothing against the file."""
    known = _out_of_something(error, told)
    if known is not None:
        return known
    message = f"The file could be read, but checking it failed ({_spot(error)})."
    fix = "Nothing of it was kept. Please report this: it is a fault of Piperoll or of the contract."
    return UserError("PR-C036", message, where=told, fix=fix)


def _unexpected(error: Exception, told: str) -> UserError:
    """A sentence for an error nobody foresaw while a file was read."""
    known = _out_of_something(error, told)
    if known is not None:
        return known
    message = f"The file could not be read ({_spot(error)})."
    return UserError("PR-C003", message, where=told, fix="Ask the supplier for the file again, exported afresh.")


def _out_of_something(error: Exception, told: str) -> UserError | None:
    if type(error).__name__ == "OutOfMemoryException":
        message = "Checking the file took more memory than it may and was stopped."
        return UserError("PR-C002", message, where=told, fix="Split the file, or raise the limit (--memory-mb).")
    if "No space left on device" in str(error):
        fix = "Make room, then collect the file again: nothing of it was kept."
        return UserError("PR-C004", "The disk is full.", where=told, fix=fix)
    return None


def _spot(error: Exception) -> str:
    """Kind and place of an error. Its own text may quote the data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = next((f for f in reversed(frames) if "piperoll" in f.filename), frames[-1] if frames else None)
    return f"{type(error).__name__}{f' at {Path(place.filename).name}:{place.lineno}' if place else ''}"


def _unpack(shared: dict[str, Any], job: dict[str, Any]) -> Any:
    from piperoll.collect.unpack import unpack_zip

    return unpack_zip(Path(job["path"]), Path(job["work"]), job["told"], job["limits"])


def _manifest(shared: dict[str, Any], job: dict[str, Any]) -> Any:
    from piperoll.collect.manifest import parse_manifest
    from piperoll.collect.unpack import read_manifest

    return parse_manifest(read_manifest(Path(job["path"]), job["told"]), job["told"])


def _check(shared: dict[str, Any], job: dict[str, Any]) -> Any:
    from piperoll.collect.checking import check_delivery

    return check_delivery(shared, job)


def _past(shared: dict[str, Any], job: dict[str, Any]) -> Any:
    from piperoll.collect.past import add

    add(shared["register"], job)


_KINDS = {"unpack": _unpack, "check": _check, "manifest": _manifest, "past": _past}
