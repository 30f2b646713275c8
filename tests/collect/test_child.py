"""The limited child: what it may not do, how its end is told, what it knows."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from piperoll.collect.child import Children, _groups, _Zygote, clean_environment
from piperoll.collect.limits import Limits
from piperoll.collect.zygote import TOGETHER
from piperoll.errors import UserError


CANARY = "Zebedee Canary 1AB00001"


@pytest.fixture(scope="module")
def children():
    with Children({"secret": "register"}, count=2) as made:
        yield made


def job(tmp_path, code: str, **limits):
    # exec(code, shared, job): the job is the local names.
    return {
        "kind": functools.partial(exec, code),
        "work": str(tmp_path),
        "told": "a.csv",
        "limits": Limits(**{"memory_mb": 512, "wall_seconds": 30, "cpu_seconds": 30, "file_mb": 4, **limits}),
    }


def ends(children, made) -> UserError:
    with pytest.raises(UserError) as caught:
        children.run(made)
    assert "Canary" not in caught.value.sentence
    return caught.value


def written(children, tmp_path, code: str) -> str:
    assert children.run(job(tmp_path, f"import os, pathlib\npathlib.Path('x').write_text(str({code}))")) is None
    return (tmp_path / "x").read_text()


def test_it_has_nothing_of_our_environment(children, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    inside = set(eval(written(children, tmp_path, "dict(os.environ)")))
    assert inside <= {*clean_environment(), "LC_CTYPE"}
    assert "secret" not in clean_environment().values()


def test_it_works_in_its_own_directory_alone_and_private(children, tmp_path):
    assert written(children, tmp_path, "os.getcwd()") == str(tmp_path)
    assert (tmp_path / "x").stat().st_mode & 0o077 == 0
    assert written(children, tmp_path, "len(os.listdir('/proc/self/task'))") == "1"
    listing = "__import__('subprocess').run(['ls', '-l', f'/proc/{os.getpid()}/fd'], capture_output=True).stdout"
    open_files = written(children, tmp_path, listing)
    assert "/dev/null" in open_files
    assert "socket:" not in open_files, "it cannot speak to the trusted side"


@pytest.mark.parametrize(
    ("code", "limits", "expected"),
    [
        ("x = b'x' * (2 << 30)", {}, "PR-C002"),
        ("while True: pass", {"cpu_seconds": 1}, "PR-C001"),
        ("import time; time.sleep(60)", {"wall_seconds": 1}, "PR-C001"),
        ("f = open('big', 'wb')\nfor _ in range(9): f.write(b'x' * (1 << 20))", {}, "PR-C005"),
        ("import os; os.abort()", {}, "PR-C003"),
        ("import os; os._exit(0)", {}, "PR-C003"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", {}, "PR-C003"),
        (f"raise ValueError({CANARY!r})", {}, "PR-C003"),
        (f"raise KeyError({CANARY!r})", {}, "PR-C003"),
        ("import errno; raise OSError(errno.ENOSPC, 'x')", {}, "PR-C004"),
        ("import os; os.symlink('/etc/passwd', 'result.json'); os._exit(0)", {}, "PR-C003"),
        ("open('result.json', 'w').write('[1]'); import os; os._exit(0)", {}, "PR-C003"),
        ("open('result.json', 'w').write('{'); import os; os._exit(0)", {}, "PR-C003"),
    ],
)
def test_every_end_is_a_sentence_and_the_next_job_runs(children, tmp_path, code, limits, expected):
    error = ends(children, job(tmp_path, code, **limits))
    assert error.code == expected and error.message.endswith(".")
    assert children.run(job(tmp_path, "1")) is None


def test_many_at_once_keep_their_order(children, tmp_path):
    jobs = []
    for n in range(6):
        (tmp_path / str(n)).mkdir()
        jobs.append(
            (n, job(tmp_path / str(n), f"import time; time.sleep({0.05 * (6 - n)}); open('x', 'w').write('{n}')"))
        )
    got = [(n, answer()) for n, answer in children.map(jobs)]
    assert got == [(n, None) for n in range(6)]
    assert [(tmp_path / str(n) / "x").read_text() for n in range(6)] == list("012345")


def test_a_zygote_that_is_killed_is_replaced(tmp_path):
    with Children({}, count=1) as made:
        assert made.run(job(tmp_path, "1")) is None
        os.kill(made._all[0].process.pid, signal.SIGKILL)
        assert ends(made, job(tmp_path, "1")).code == "PR-C003"
        assert made.run(job(tmp_path, "1")) is None


def test_children_die_with_the_one_who_asked(tmp_path):
    made = Children({}, count=1)
    code = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(60)"
    running = iter(made.map([(0, job(tmp_path, code))]))
    next(running)
    while not (tmp_path / "pid").is_file() or not (tmp_path / "pid").read_text():
        time.sleep(0.01)
    pid = int((tmp_path / "pid").read_text())
    made._all[0].channel.shutdown(2)
    for _ in range(1000):
        if not os.path.exists(f"/proc/{pid}"):
            break
        time.sleep(0.01)
    assert not os.path.exists(f"/proc/{pid}")
    made.__exit__()
    assert all(each.process.poll() is not None for each in made._all)


def test_leaving_ends_the_children_that_were_started_meanwhile(tmp_path):
    made = Children({}, count=1)
    started = []

    def late(message):
        time.sleep(0.3)  # as long as leaving takes to close what was there
        started.append(_Zygote(message))
        return started[-1]

    running = made._pool.submit(made.run, job(tmp_path, "import time\ntime.sleep(60)"))
    while made._all[0].message is not None:
        time.sleep(0.01)
    made._new = lambda: made._all.append(late(made._message)) or made._all[-1]
    made.__exit__()
    with pytest.raises(UserError):
        running.result()
    assert len(started) == 1 and started[0].process.poll() is not None


def test_a_home_given_by_a_relative_path_takes_archives_in(tmp_path, monkeypatch):
    """Each child works in a directory of its own, and so must not be told of it relative to another."""
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile("a.zip", "w") as archive:
        archive.writestr("a.csv", "k\n1\n")
    jobs = []
    for name in ("work/one", "work/two"):
        (tmp_path / name).mkdir(parents=True)
        job = {"kind": "unpack", "path": str(tmp_path / "a.zip"), "work": name, "limits": Limits(), "told": name}
        jobs.append((name, job | {"small": True}))
    with Children({}, 1) as children:
        answers = {name: answer() for name, answer in children.map(jobs)}
    assert set(answers) == {"work/one", "work/two"}
    assert all(list((tmp_path / name).iterdir()) for name in answers)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_small_jobs_share_children_evenly_so_that_none_waits_for_a_long_run(count):
    for small in range(60):
        jobs = [(n, {"small": True}) for n in range(small)]
        groups = list(_groups(jobs, count))
        assert [pair for group in groups for pair in group] == jobs
        sizes = {len(group) for group in groups}
        assert not groups or (max(sizes) <= TOGETHER and max(sizes) - min(sizes) <= 1)
        assert len(groups) % count == 0 or sizes == {1}
    assert [len(g) for g in _groups([(n, {"small": True}) for n in range(21)], 2)] == [5, 5, 5, 6]


def test_large_jobs_stay_alone_among_small_ones():
    jobs = [(n, {"small": n % 3 != 1}) for n in range(9)]
    groups = [[n for n, _ in group] for group in _groups(jobs, 2)]
    assert [group for group in groups if group[0] % 3 == 1] == [[1], [4], [7]]
    assert [n for group in groups if group[0] % 3 != 1 for n in group] == [0, 2, 3, 5, 6, 8]


def test_no_child_imports_pandas(tmp_path: Path) -> None:
    """Arrow asks for pandas wherever it is installed; each child would import it for itself, and none needs it."""
    program = (
        "import sys, importlib\n"
        "from piperoll.collect import zygote\n"
        "for name in zygote.PRELOAD:\n    importlib.import_module(name)\n"
        "zygote._without_pandas()\n"
        "import pyarrow as pa, pyarrow.compute as pc\n"
        "assert pc.fill_null(pa.array(['a', None]), 'b').to_pylist() == ['a', 'b']\n"
        "print('pandas' in sys.modules)\n"
        "import pandas\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout == "False\n"
