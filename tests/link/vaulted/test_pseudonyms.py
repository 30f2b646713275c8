"""Pseudonyms hold within a purpose and a version; beyond it they tell nothing."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.link.vaulted.pseudonyms import pseudonyms
from piperoll.store.tokens import Keyring


CLUSTERS = pl.DataFrame({
    "file": ["b", "a", "a", "a"], "record": ["1", "3", "1", "2"], "person": ["PAAA", "PBBB", "PAAA", "PCCC"],
})  # fmt: skip


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


def test_each_record_has_that_of_its_person(keyring: Keyring) -> None:
    made = pseudonyms(keyring, CLUSTERS, "reoffending")
    assert made.columns == ["file", "record", "pseudonym"]
    assert made.select("file", "record").rows() == [("a", "1"), ("a", "2"), ("a", "3"), ("b", "1")]
    one, other, third, same = made["pseudonym"]
    assert one == same
    assert len({one, other, third}) == 3


def test_they_hold_within_a_purpose_and_a_version(keyring: Keyring) -> None:
    made = pseudonyms(keyring, CLUSTERS, "reoffending")
    again = pseudonyms(Keyring(keyring.directory), CLUSTERS.reverse(), "  reoffending ")
    assert again.equals(made)
    assert pseudonyms(keyring, CLUSTERS, "re  offending").equals(pseudonyms(keyring, CLUSTERS, "re offending"))


@pytest.mark.parametrize(("purpose", "version"), [("other", 1), ("reoffending", 2), ("reoffending/2", 1)])
def test_no_two_purposes_or_versions_can_be_joined(keyring: Keyring, purpose: str, version: int) -> None:
    one = pseudonyms(keyring, CLUSTERS, "reoffending")
    other = pseudonyms(keyring, CLUSTERS, purpose, version)
    assert one.join(other, on="pseudonym").height == 0
    # what they say of the same records is the same
    both = one.join(other, on=["file", "record"])
    assert both.select("pseudonym", "pseudonym_right").n_unique() == 3


def test_another_home_gives_others(keyring: Keyring, tmp_path: Path) -> None:
    other = pseudonyms(Keyring(tmp_path / "elsewhere"), CLUSTERS, "reoffending")
    assert other.join(pseudonyms(keyring, CLUSTERS, "reoffending"), on="pseudonym").height == 0


def test_they_are_128_bits_and_nothing_of_the_name(keyring: Keyring) -> None:
    made = pseudonyms(keyring, CLUSTERS, "reoffending")["pseudonym"]
    assert made.str.contains("^[0-9a-f]{32}$").all()
    assert not any(name.lower()[1:] * 2 in each for name in CLUSTERS["person"] for each in made)


def test_they_are_no_tokens_of_the_store(keyring: Keyring) -> None:
    made = set(pseudonyms(keyring, CLUSTERS, "person")["pseudonym"])
    assert not made & {keyring.token(name, "person") for name in CLUSTERS["person"]}


@pytest.mark.parametrize(("purpose", "version"), [("", 1), (" \t", 1), ("reoffending", 0)])
def test_a_purpose_is_needed(keyring: Keyring, purpose: str, version: int) -> None:
    with pytest.raises(UserError, match="purpose") as caught:
        pseudonyms(keyring, CLUSTERS, purpose, version)
    assert caught.value.code == "PR-L016"
