"""Archives: within limits, names never used as paths, damage told."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from piperoll.collect.limits import Limits
from piperoll.collect.prepare import prepare
from piperoll.collect.unpack import unpack_gzip, unpack_zip
from piperoll.errors import UserError


SMALL = Limits(file_mb=2, free_mb=1, ratio=10, members=5)


def zipped(files, compression=zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def unpack(tmp_path, work):
    def unpacker(data: bytes, limits=SMALL):
        path = tmp_path / "a.zip"
        path.write_bytes(data)
        return unpack_zip(path, work, "a.zip", limits)

    return unpacker


def code(call, *args) -> str:
    with pytest.raises(UserError) as caught:
        call(*args)
    return caught.value.code


def test_members_and_manifest(unpack, work):
    files = [
        ("b/x.csv", "a,b\n1,2\n"),
        ("manifest.yaml", "files:\n- {file: b/x.csv, period: 2012-05}\n"),
        ("__MACOSX/x", "junk"),
        ("d/", ""),
    ]
    got = unpack(zipped(files))
    assert [(m["name"], m["size"]) for m in got["members"]] == [("b/x.csv", 8)]
    assert (work / got["members"][0]["file"]).read_text() == "a,b\n1,2\n"
    assert got["manifest"][0]["period"] == "2012-05"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:\\x.csv", "..\\x.csv"])
def test_names_that_point_outside(unpack, name):
    assert code(unpack, zipped([(name, "x")])) == "PR-C016"


def test_bombs(unpack, tmp_path, work):
    assert code(unpack, zipped([("x.csv", b"0" * (8 << 20))])) == "PR-C005"
    assert code(unpack, zipped([(f"{i}.csv", "x") for i in range(6)])) == "PR-C005"
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"0" * (8 << 20)))
    assert code(unpack_gzip, tmp_path / "b.gz", work / "o", "b.gz", SMALL) == "PR-C005"


def test_a_bomb_that_declares_too_little(unpack):
    data = bytearray(zipped([("x.csv", b"0" * (8 << 20))]))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    try:
        got = unpack(bytes(data))
    except UserError as error:
        assert error.code in {"PR-C005", "PR-C014"}
    else:
        assert all("refused" in m or m["size"] <= 10 for m in got["members"])


def test_encrypted_linked_and_nested(unpack):
    data = bytearray(zipped([("x.csv", "a,b\n")]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    assert unpack(bytes(data))["members"][0]["refused"]["code"] == "PR-C017"
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = 0o120777 << 16
    assert unpack(zipped([(link, "/etc/passwd")]))["members"][0]["refused"]["code"] == "PR-C016"
    nested = unpack(zipped([("in.zip", zipped([("x.csv", "1")])), ("ok.csv", "a\n")]))
    assert [("refused" in m) for m in nested["members"]] == [True, False]
    assert nested["members"][0]["refused"]["code"] == "PR-C015"


def test_two_members_of_one_name(unpack):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([("x.csv", "1"), ("x.csv", "2")])
    assert code(unpack, data) == "PR-C016"


def test_damage(unpack, tmp_path, work):
    whole = zipped([("x.csv", b"a,b\n1,2\n" * 100)])
    assert code(unpack, whole[:-10]) == "PR-C014"
    broken = bytearray(zipped([("x.csv", b"a,b\n1,2\n" * 100)], zipfile.ZIP_STORED))
    broken[60] ^= 0xFF
    assert unpack(bytes(broken))["members"][0]["refused"]["code"] == "PR-C014"
    packed = gzip.compress(b"a,b\n1,2\n" * 1000)
    for data in (packed[:-20], packed[: len(packed) // 2], packed[:30] + b"\xff" + packed[31:]):
        (tmp_path / "x.gz").write_bytes(data)
        assert code(unpack_gzip, tmp_path / "x.gz", work / "o", "x.gz", SMALL) == "PR-C014"


def test_a_gzip_within_a_gzip_and_a_zip_within_a_gzip(tmp_path, work, tiny, limits):
    dataset = tiny.dataset("cases.case")
    for inner in (gzip.compress(b"a,b\n"), zipped([("x.csv", "a,b\n")])):
        (tmp_path / "x.csv.gz").write_bytes(gzip.compress(inner))
        assert code(prepare, tmp_path / "x.csv.gz", work, dataset, "x.csv.gz", limits) == "PR-C015"


def test_a_gzip_of_csv_is_read(tmp_path, work, tiny, limits):
    head = ",".join(f.name for f in tiny.dataset("cases.event").fields)
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(f"{head}\nA,1,2012-01-01,x\n".encode()))
    got = prepare(tmp_path / "x.csv.gz", work, tiny.dataset("cases.event"), "x.csv.gz", limits)
    assert got.notes == () and got.path.read_text() == f"{head}\nA,1,2012-01-01,x\n"
