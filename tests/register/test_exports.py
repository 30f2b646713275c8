"""Exports are what their standards say, by the standards' own validators, and hold what the contract holds."""

from __future__ import annotations

import json
import warnings
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
import rdflib
import yaml
from csvw import CSVW
from frictionless import Resource, Schema
from open_data_contract_standard.model import OpenDataContractStandard
from pyshacl import validate

from piperoll.errors import UserError
from piperoll.register import load
from piperoll.register.export import FORMATS, write
from piperoll.register.export.types import uax35

from .conftest import BASE, JUSTICE


REGISTERS = [BASE, *([JUSTICE] if (JUSTICE / "register.yaml").exists() else [])]
GOOD = "N,2003/0012345N,2012-05-01,,40.00,02,A Person,1980-01-01\n"
HEADER = "status,ticket_no,issued,paid,amount,area,holder,born\n"


@pytest.fixture(scope="module", params=REGISTERS, ids=lambda path: path.name)
def register(request):
    return load(request.param)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_same_register_same_bytes(register, form, tmp_path):
    first = write(register, form, None, tmp_path / "a")
    second = write(load(register.root), form, None, tmp_path / "b")
    assert [each.name for each in first] == [each.name for each in second]
    assert [each.read_bytes() for each in first] == [each.read_bytes() for each in second]


class TestOdcs:
    def test_valid_by_the_published_schema(self, register, tmp_path):
        schema = json.loads((resources.files("open_data_contract_standard") / "schema.json").read_text())
        for path in write(register, "odcs", None, tmp_path):
            document = yaml.safe_load(path.read_text())
            jsonschema.Draft201909Validator(schema).validate(document)
            OpenDataContractStandard.model_validate(document)
            assert document["apiVersion"] == "v3.1.0"

    def test_nothing_is_lost(self, register, tmp_path):
        for path in write(register, "odcs", None, tmp_path):
            document = yaml.safe_load(path.read_text())
            source = register.sources[path.name.split(".")[0]]
            assert [each["name"] for each in document["schema"]] == [each.name for each in source.datasets]
            for table, dataset in zip(document["schema"], source.datasets, strict=True):
                assert [each["name"] for each in table["properties"]] == [each.name for each in dataset.fields]
                keys = [each["name"] for each in table["properties"] if each.get("primaryKey")]
                assert set(keys) == set(dataset.key)
                assert [each["name"] for each in table.get("quality", [])] == [each.id for each in dataset.rules]

    def test_codes_and_bounds(self, tmp_path):
        (path,) = write(load(BASE), "odcs", "tickets", tmp_path)
        properties = {each["name"]: each for each in yaml.safe_load(path.read_text())["schema"][0]["properties"]}
        assert properties["area"]["quality"][0]["arguments"] == {"validValues": ["01", "02"]}
        assert properties["amount"]["logicalTypeOptions"] == {"minimum": 0, "maximum": 1000}
        assert properties["issued"]["logicalTypeOptions"]["minimum"] == "2000-01-01"
        assert properties["holder"]["classification"] == "direct identifier"


class TestTableSchema:
    def test_valid(self, register, tmp_path):
        for path in write(register, "tableschema", None, tmp_path):
            descriptor = json.loads(path.read_text())
            descriptor.pop("$schema")
            Schema.from_descriptor(descriptor)

    @pytest.mark.parametrize(
        ("row", "faults"),
        [
            (GOOD, []),
            (GOOD.replace(",02,", ",03,"), ["constraint-error"]),
            (GOOD.replace("40.00", "4000"), ["constraint-error"]),
            (GOOD.replace("2012-05-01", "01/05/2012"), ["type-error"]),
            (GOOD.replace("A Person", ""), ["constraint-error"]),
            (GOOD.replace("2012-05-01", "1999-05-01"), ["constraint-error"]),
            (GOOD + GOOD, ["primary-key"]),
        ],
    )
    def test_judges_files_as_the_contract_does(self, row, faults, tmp_path):
        write(load(BASE), "tableschema", "tickets", tmp_path)
        descriptor = json.loads((tmp_path / "tickets.ticket.schema.json").read_text())
        descriptor.pop("$schema")
        (tmp_path / "tickets.csv").write_text(HEADER + row)
        report = Resource(
            path="tickets.csv", basepath=str(tmp_path), schema=Schema.from_descriptor(descriptor)
        ).validate()
        assert [kind for (kind,) in report.flatten(["type"])] == faults


class TestCsvw:
    @pytest.mark.parametrize(
        ("row", "valid"),
        [
            (GOOD, True),
            (GOOD.replace(",02,", ",03,"), False),
            (GOOD.replace("40.00", "4000"), False),
            (GOOD.replace("2012-05-01", "01/05/2012"), False),
            (GOOD.replace("A Person", ""), False),
            (GOOD + GOOD, False),
        ],
    )
    def test_judges_files_as_the_contract_does(self, row, valid, tmp_path):
        write(load(BASE), "csvw", "tickets", tmp_path)
        (tmp_path / "tickets.ticket.csv").write_text(HEADER + row)
        assert is_valid(tmp_path / "tickets.ticket.csv-metadata.json") is valid

    def test_metadata_of_every_dataset_is_read(self, register, tmp_path):
        for path in write(register, "csvw", None, tmp_path):
            document = json.loads(path.read_text())
            source, name = path.name.split(".")[:2]
            dataset = register.dataset(f"{source}.{name}")
            columns = document["tableSchema"]["columns"]
            assert [each["name"] for each in columns] == [each.name for each in dataset.fields]
            (tmp_path / document["url"]).write_text(",".join(each["name"] for each in columns) + "\n")
            assert is_valid(path)


def is_valid(path: Path) -> bool:
    # the package reports through warnings, and raises on a duplicate key
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        try:
            return bool(CSVW(str(path), validate=True).is_valid)
        except ValueError:
            return False


# rdflib and pyshacl warn of names that they themselves still use
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
class TestDcat:
    SHAPES = Path(__file__).parent / "dcat_shapes.ttl"

    def test_conforms_to_our_shapes(self, register, tmp_path):
        write(register, "dcat", None, tmp_path)
        conforms, _, text = validate(str(tmp_path / "catalogue.ttl"), shacl_graph=str(self.SHAPES), advanced=False)
        assert conforms, text

    def test_both_forms_say_the_same(self, register, tmp_path):
        write(register, "dcat", None, tmp_path)
        turtle = rdflib.Graph().parse(tmp_path / "catalogue.ttl", format="turtle")
        linked = rdflib.Graph().parse(tmp_path / "catalogue.jsonld", format="json-ld")
        assert set(turtle) == set(linked)

    def test_every_source_and_publication_is_in(self, register, tmp_path):
        write(register, "dcat", None, tmp_path)
        graph = rdflib.Graph().parse(tmp_path / "catalogue.ttl", format="turtle")
        dct = rdflib.Namespace("http://purl.org/dc/terms/")
        found = {str(each) for each in graph.objects(None, dct.identifier)}
        datasets = {f"{source.key}.{dataset.name}" for source, dataset in register.datasets()}
        assert found == {*register.sources, *datasets, *register.publications}

    def test_shapes_find_what_is_missing(self, tmp_path):
        write(load(BASE), "dcat", None, tmp_path)
        path = tmp_path / "catalogue.ttl"
        path.write_text(path.read_text().replace('dct:title "Tickets"@en', 'dct:alternative "Tickets"@en'))
        conforms, _, text = validate(str(path), shacl_graph=str(self.SHAPES))
        assert not conforms
        assert "title" in text

    def test_awkward_texts(self, edited, tmp_path):
        title = 'Quotes " and \\\\ back, é, line\\n end'
        root = edited(
            {"register.yaml": [["title: A small register", f'title: "{title.replace(chr(34), chr(92) + chr(34))}"']]}
        )
        register = load(root)
        write(register, "dcat", None, tmp_path / "out")
        graph = rdflib.Graph().parse(tmp_path / "out" / "catalogue.ttl", format="turtle")
        assert register.title in {str(each) for each in graph.objects()}


class TestWrite:
    def test_unknown_source(self, tmp_path):
        with pytest.raises(UserError, match="Did you mean `tickets`") as caught:
            write(load(BASE), "odcs", "ticket", tmp_path)
        assert caught.value.code == "PR-R042"

    def test_no_contract(self, edited, tmp_path):
        register = load(edited(write={"sources/bare.yaml": "title: Bare\n"}))
        with pytest.raises(UserError, match="no contract"):
            write(register, "csvw", "bare", tmp_path)
        assert write(register, "dcat", "bare", tmp_path / "out")

    def test_a_file_in_the_way(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(UserError) as caught:
            write(load(BASE), "odcs", None, tmp_path / "file")
        assert caught.value.code == "PR-R042"


@pytest.mark.parametrize(
    ("strptime", "expected"),
    [
        (None, "yyyy-MM-dd"),
        ("%d/%m/%Y", "dd/MM/yyyy"),
        ("%Y%m%d", "yyyyMMdd"),
        ("%d %b %y", "dd MMM yy"),
        ("%j %Y", None),
    ],
)
def test_date_formats(strptime, expected):
    assert uax35(strptime) == expected
