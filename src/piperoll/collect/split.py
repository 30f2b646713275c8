"""The split at the door: what the store keeps of a row, as SQL over its typed values.

Class D goes nowhere but the vault; class L becomes a token; derivations keep of identifiers what
statistics need.
"""

from __future__ import annotations

from piperoll.collect.check_codes import Lists
from piperoll.collect.check_rows import raw_name
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset, Derivation, Field
from piperoll.register.model.register import Register
from piperoll.store.duck import Connection, quote_name, quote_text
from piperoll.store.tokens import Keyring, add_token_function
from piperoll.store.types import duck_type, value_type


def store_columns(
    con: Connection, dataset: Dataset, register: Register, lists: Lists, keyring: Keyring
) -> dict[str, str]:
    """Column of the store -> SQL over the typed row, in order, ``_row`` apart.

    The connection gets a function for each key domain of the dataset.
    """
    columns = {}
    domains: dict[str, str] = {}
    for field in dataset.fields:
        if field.cls == "L":
            domain = token_domain(dataset, field)
            if domain not in domains:
                domains[domain] = f"token of {domain}"
                add_token_function(con, domains[domain], keyring.token_key(domain))
            columns[field.name] = f"{quote_name(domains[domain])}({token_text(field)})"
        elif field.cls != "D":
            columns[field.name] = quote_name(field.name)
    for derived in dataset.derive:
        made = derivation_sql(derived, dataset, register, lists)
        columns[derived.name] = f"CAST({made} AS {duck_type(derived)})"
    return columns


def token_domain(dataset: Dataset, field: Field) -> str:
    """The key domain of a field: as declared, or its own."""
    return field.domain or f"{dataset.name}.{field.name}"


def token_text(field: Field) -> str:
    """SQL of the text that the token is made of: the typed value written again, so that ``007`` and ``7``
    agree."""
    if value_type(field.type) == "VARCHAR":
        return raw_name(field.name)
    return f"CAST({quote_name(field.name)} AS VARCHAR)"


def derivation_sql(derived: Derivation, dataset: Dataset, register: Register, lists: Lists) -> str:
    """SQL of one derivation."""
    name, raw = quote_name(derived.field), raw_name(derived.field)
    match derived.method:
        case "lookup":
            codes = register.codes.get(derived.codes or "")
            if codes is None:
                raise UserError(
                    "PR-C050",
                    f"The code list `{derived.codes}` of the derivation `{derived.name}` is not in the register.",
                    where=dataset.name,
                    fix="Run `piperoll register check`.",
                )
            return lists.lookup(codes, raw, derived.attribute)
        case "age_at":
            # Birthday-correct: a year less where the birthday is yet to come that year; a birthday of
            # 29 February falls on 1 March in other years.
            at = f"CAST({quote_name(derived.at or '')} AS DATE)"
            born = f"CAST({name} AS DATE)"
            early = f"(month({at}) * 100 + day({at}) < month({born}) * 100 + day({born}))"
            return f"year({at}) - year({born}) - CAST({early} AS INTEGER)"
        case "birth_year":
            return f"year({name})"
        case "birth_month":
            return f"month({name})"
        case "outward":
            text = f"upper(trim({raw}))"
            pattern = quote_text("([A-Z]{1,2}[0-9][0-9A-Z]?) ?[0-9][A-Z]{2}")
            return f"nullif(regexp_extract({text}, '^' || {pattern} || '$', 1), '')"
        case "present":
            return f"{raw} IS NOT NULL"
        case "sql":
            return f"({derived.sql})"
