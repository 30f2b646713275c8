"""Steps of cleaning, each by a table of examples."""

from __future__ import annotations

import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.link.clean import STEPS, check_steps, clean
from piperoll.link.clean.words import NULL_WORDS, PARTICLES, SUFFIXES, TITLES


# step | before | after; a bare bar for nothing
EXAMPLES = """
upper               | o'Brien-Smith              | O'BRIEN-SMITH
upper               | straße                     | STRASSE
upper               | élodie                     | ÉLODIE
upper               | ĸ                          | K
upper               | ｓｍｉｔｈ ª                | SMITH A
strip accents       | ÉLODIE                     | ELODIE
strip accents       | Zoë Núñez                  | Zoe Nunez
strip accents       | Weiß                       | Weiss
strip accents       | Ærøskøbing                 | AEroskobing
strip accents       | Łukasz Wałęsa              | Lukasz Walesa
strip accents       | Đorđe                      | Dorde
strip accents       | Þórður                     | THordur
strip accents       | Çağlar Şahin İpek ılgın    | Caglar Sahin Ipek ilgin
strip accents       | NGUYỄN                     | NGUYEN
strip accents       | ＳＭＩＴＨ                 | SMITH
strip accents       | Σωκράτης                   | Sokratis
strip accents       | ΓΕΩΡΓΊΟΥ                   | GEORGIOY
strip accents       | ЩЕРБАКОВ                   | SHCHERBAKOV
strip accents       | Юрий Алексеев              | YUrii Alekseev
strip accents       | 王小明                     | 王小明
strip accents       | हिन्दी                      | हिन्दी
strip accents       | 김민준                     | 김민준
strip accents       | Smith Смит Σμιθ            | Smith Smit Smith
strip punctuation   | O'BRIEN                    | OBRIEN
strip punctuation   | O’BRIEN                    | OBRIEN
strip punctuation   | O`BRIEN                    | OBRIEN
strip punctuation   | OʼBRIEN                    | OBRIEN
strip punctuation   | SMITH-JONES                | SMITH JONES
strip punctuation   | SMITH–JONES                | SMITH JONES
strip punctuation   | ST.JOHN                    | ST JOHN
strip punctuation   | (SMITH)                    | SMITH
strip punctuation   | ...                        |
squeeze blanks      | MARY   ANN                 | MARY ANN
squeeze blanks      | MARY\tANN                  | MARY ANN
squeeze blanks      | MARY\u00a0\u200bANN        | MARY ANN
squeeze blanks      | \u3164                     |
strip titles        | MR SMITH                   | SMITH
strip titles        | MR. SMITH                  | SMITH
strip titles        | mrs smith                  | smith
strip titles        | MR.SMITH                   | SMITH
strip titles        | THE RT. HON. SIR JOHN SMITH | JOHN SMITH
strip titles        | CAPT REV DR SMITH          | SMITH
strip titles        | LORD                       | LORD
strip titles        | DR                         | DR
strip titles        | MRS. DR.                   | DR.
strip titles        | MISSEN                     | MISSEN
strip titles        | COLIN                      | COLIN
strip titles        | REVELL                     | REVELL
strip titles        | JOHN SMITH JR              | JOHN SMITH
strip titles        | JOHN SMITH, JNR.           | JOHN SMITH
strip titles        | JOHN SMITH ESQ OBE         | JOHN SMITH
strip titles        | JOHN SMITH,JR              | JOHN SMITH
strip titles        | JOHN SMITH JP, , JR,       | JOHN SMITH
strip titles        | JR                         | JR
strip titles        | SIR HENRY VANE, 2ND BARONET | HENRY VANE
strip titles        | JOHN SMITH, 1ST BARON SMITH OF ELY | JOHN SMITH
strip titles        | JOHN FIRST                 | JOHN FIRST
strip titles        | BARON SMITH                | BARON SMITH
strip titles        | EARL SMITH                 | EARL SMITH
particles           | MC DONALD                  | MCDONALD
particles           | MAC DONALD                 | MACDONALD
particles           | VAN DER BERG               | VANDERBERG
particles           | VANDER BERG                | VANDERBERG
particles           | DE LA CRUZ                 | DELACRUZ
particles           | O BRIEN                    | OBRIEN
particles           | ST JOHN SMITH              | STJOHN SMITH
particles           | AL HASSAN                  | ALHASSAN
particles           | BIN LADEN                  | BINLADEN
particles           | AP RHYS                    | APRHYS
particles           | van den berg               | vandenberg
particles           | SMITH DE                   | SMITH DE
particles           | VAN                        | VAN
particles           | ALI HASSAN                 | ALI HASSAN
particles           | VANCE DEAN                 | VANCE DEAN
particles           | LA LA LAND                 | LALALAND
particles           | D E LA CRUZ                | DELACRUZ
particles           | V SMITH D E LA O CRUZ      | V SMITH DELAOCRUZ
first word          | MARY ANN JANE              | MARY
first word          | MARY                       | MARY
last word           | MARY ANN JANE              | JANE
last word           | MARY                       | MARY
other words         | MARY ANN JANE              | ANN JANE
other words         | MARY                       |
sorted words        | SMITH  JOHN ALAN           | ALAN JOHN SMITH
initial             | MARY                       | M
initial             | éva                        | é
digits              | 020 7946-0018              | 02079460018
digits              | ABC                        |
letters and digits  | AB-12/3 é                  | AB123é
letters and digits  | -/                         |
null words          | UNKNOWN                    |
null words          | not known                  |
null words          | N/A                        |
null words          | N.F.A.                     |
null words          | No Fixed Abode             |
null words          | -                          |
null words          | ???                        |
null words          | null                       |
null words          | Nil                        |
null words          | TEST                       |
null words          | TESTER                     | TESTER
null words          | NA                         | NA
null words          | NUNN                       | NUNN
null words          | O'BRIEN                    | O'BRIEN
""".strip().splitlines()


def rows() -> list[tuple[str, str, str | None]]:
    out = []
    for line in EXAMPLES:
        step, before, after = (part.strip() for part in line.split("|"))
        out.append(
            (
                step,
                before.encode("raw_unicode_escape").decode("unicode_escape") if "\\" in before else before,
                after or None,
            )
        )
    return out


@pytest.mark.parametrize(("step", "before", "after"), rows())
def test_step(step: str, before: str, after: str | None) -> None:
    assert clean(pl.Series([before]), [step]).to_list() == [after]


CHAIN = ["upper", "strip accents", "strip punctuation", "squeeze blanks", "strip titles", "particles", "null words"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Mr. Seán O'Brien-McDonald, Jr.", "SEAN OBRIEN MCDONALD"),
        ("  van  der   Berg ", "VANDERBERG"),
        ("d’Artagnan", "DARTAGNAN"),
        ("de-la-Cruz", "DELACRUZ"),
        ("Al-Hassan", "ALHASSAN"),
        ("n/a", None),
        ("Mr Unknown", None),
        ("Dr.", "DR"),
        ("", None),
        ("   ", None),
        ("- -", None),
        (None, None),
    ],
)
def test_chain(before: str | None, after: str | None) -> None:
    assert clean(pl.Series([before], dtype=pl.String), CHAIN).to_list() == [after]


def test_each_step_has_an_example_and_a_sentence() -> None:
    assert {step for step, _, _ in rows()} == set(STEPS)
    assert all(step.name == name and step.says.endswith(".") for name, step in STEPS.items())


def test_length_order_and_name_are_kept() -> None:
    values = pl.Series("surname", ["b", None, "a", "b"])
    assert clean(values, ["upper"]).to_list() == ["B", None, "A", "B"]
    assert clean(values, ["upper"]).name == "surname"
    assert clean(pl.Series("x", [], dtype=pl.String), CHAIN).len() == 0
    assert clean(pl.Series("x", [None, None], dtype=pl.String), CHAIN).to_list() == [None, None]


def test_no_steps_trim_and_cut() -> None:
    assert clean(pl.Series([" a ", "x" * 300, " "]), []).to_list() == ["a", "x" * 64, None]


def test_a_long_name_is_cut_after_a_step_that_makes_it_longer() -> None:
    assert clean(pl.Series(["ß" * 64]), ["upper"]).to_list() == ["S" * 64]
    assert clean(pl.Series(["ﷺ" * 64]), ["strip accents"]).str.len_chars().to_list()[0] <= 64


def test_a_cut_leaves_no_blank_behind() -> None:
    assert clean(pl.Series(["x" * 63 + " smith"]), ["upper"]).to_list() == ["X" * 63]


@pytest.mark.parametrize("word", NULL_WORDS)
def test_null_words_are_found_in_any_case(word: str) -> None:
    assert clean(pl.Series([word, word.lower(), f" {word}. "]), ["null words"]).null_count() == 3


@pytest.mark.parametrize("title", TITLES)
def test_titles_go_before_a_name_only(title: str) -> None:
    assert clean(pl.Series([f"{title} JONES", f"{title}. Jones"]), ["strip titles"]).to_list() == ["JONES", "Jones"]
    assert clean(pl.Series([f"JONES {title}"]), ["strip titles"]).to_list() == [f"JONES {title}"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_suffixes_go_after_a_name_only(suffix: str) -> None:
    assert clean(pl.Series([f"JONES {suffix}", f"JONES, {suffix}."]), ["strip titles"]).to_list() == ["JONES"] * 2
    assert clean(pl.Series([suffix]), ["strip titles"]).to_list() == [suffix]


@pytest.mark.parametrize("particle", PARTICLES)
def test_particles_are_joined(particle: str) -> None:
    assert clean(pl.Series([f"{particle} JONES", f"J{particle} JONES"]), ["particles"]).to_list() == [
        f"{particle}JONES",
        f"J{particle} JONES",
    ]


class TestNames:
    def test_known(self) -> None:
        check_steps(["upper", "strip accents"])
        check_steps([])
        assert next(iter(STEPS)) == "upper"

    @pytest.mark.parametrize(
        ("name", "cure"),
        [
            ("uper", "Did you mean `upper`?"),
            ("strip_accents", "Did you mean `strip accents`?"),
            ("qqqq", "Steps are `upper`, `strip accents`"),
        ],
    )
    def test_unknown(self, name: str, cure: str) -> None:
        with pytest.raises(UserError) as caught:
            check_steps(["upper", name])
        assert caught.value.code == "PR-L010"
        assert caught.value.exit_status == 25
        assert f"There is no step of cleaning `{name}`. {cure}" in caught.value.sentence

    def test_clean_refuses_too(self) -> None:
        with pytest.raises(UserError, match="PR-L010"):
            clean(pl.Series(["a"]), ["lower"])
