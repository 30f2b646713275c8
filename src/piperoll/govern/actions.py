"""Every act that is decided and recorded, with the room that owns it and what it does."""

from __future__ import annotations

from enum import Enum
from typing import Self


class Obligation(Enum):
    """What leave to act binds the actor to."""

    RECORD = "record"
    PROTECT = "protect"
    KEEP_INSIDE = "keep_inside"

    @property
    def description(self) -> str:
        """A sentence for people."""
        return _OBLIGATIONS[self.value]


_OBLIGATIONS = {
    "record": "The act is written to the audit chain.",
    "protect": "What is shown passes the disclosure rules of its publication first.",
    "keep_inside": "What is read names people: it stays here, out of logs, messages and file names.",
}


class Action(Enum):
    """An auditable act. The value is its stable name in the audit chain.

    Attributes:
        owner: The room that carries it out.
        description: What it does, as a sentence's end: "`anna` may ...".
        obligations: What leave for it binds to.
    """

    owner: str
    description: str
    obligations: tuple[Obligation, ...]

    def __new__(cls, name: str, owner: str, description: str, *obligations: Obligation) -> Self:
        member = object.__new__(cls)
        member._value_ = name
        member.owner = owner
        member.description = description
        member.obligations = (Obligation.RECORD, *obligations)
        return member

    def __str__(self) -> str:
        return str(self.value)

    REGISTER_CHECK = ("register.check", "register", "check the register for mistakes")
    REGISTER_SHOW = ("register.show", "register", "read what the register declares")
    REGISTER_EXPORT = ("register.export", "register", "export contracts and the catalogue")
    REGISTER_DIFF = ("register.diff", "register", "compare two versions of a register")
    REGISTER_DRAFT = ("register.draft", "register", "draft a register from a file")
    STATEMENT_RENDER = ("statement.render", "statement", "render the Statement of Administrative Sources")
    SIMULATE_WRITE = ("simulate.write", "simulate", "write simulated deliveries and their truth")
    COLLECT_DELIVER = ("collect.deliver", "collect", "bring in a delivery", Obligation.KEEP_INSIDE)
    COLLECT_RESUBMIT = ("collect.resubmit", "collect", "bring in refused rows again", Obligation.KEEP_INSIDE)
    DATABASE_READ = ("database.read", "collect", "read from a supplier's database", Obligation.KEEP_INSIDE)
    MAILBOX_READ = ("mailbox.read", "collect", "read a mailbox of deliveries", Obligation.KEEP_INSIDE)
    ENTRY_WRITE = ("entry.write", "collect", "enter and correct records of an office", Obligation.KEEP_INSIDE)
    ENTRY_READ = ("entry.read", "store", "read back what an office entered", Obligation.KEEP_INSIDE)
    ENTRY_LIST = ("entry.list", "journal", "list what an office entered")
    ENTRY_SUBMIT = ("entry.submit", "collect", "deliver what an office entered", Obligation.KEEP_INSIDE)
    DELIVERY_LIST = ("delivery.list", "journal", "list deliveries and slots")
    DELIVERY_OPEN = ("delivery.open", "store", "open a delivery as it arrived", Obligation.KEEP_INSIDE)
    DELIVERY_WITHDRAW = ("delivery.withdraw", "journal", "withdraw a delivery")
    RECEIPT_READ = ("receipt.read", "journal", "read a delivery's receipt")
    REFUSED_READ = ("refused.read", "store", "read refused rows in full", Obligation.KEEP_INSIDE)
    RETURN_TEMPLATE = ("return.template", "collect", "write the spreadsheet that a supplier fills in")
    RETURN_VERIFY = ("return.verify", "collect", "write a supplier's own figures as counted", Obligation.KEEP_INSIDE)
    RETURN_WORD = ("return.word", "journal", "record a supplier's word on its figures")
    RETURN_REMIND = ("return.remind", "collect", "draft reminders to suppliers that are late")
    OVERRIDE_MAKE = ("override.make", "journal", "set a value by hand")
    OVERRIDE_WITHDRAW = ("override.withdraw", "journal", "take back a value set by hand")
    OVERRIDE_LIST = ("override.list", "journal", "list values set by hand")
    COVERAGE_WAIVE = ("coverage.waive", "journal", "let a period be published although suppliers are missing")
    PROBLEM_LIST = ("problem.list", "journal", "list problems of sources")
    PROBLEM_WRITE = ("problem.write", "journal", "record a problem of a source, its owner and what is decided")
    QUERY_LIST = ("query.list", "journal", "list queries to suppliers")
    QUERY_ANSWER = ("query.answer", "journal", "answer, confirm, correct or waive a query")
    VINTAGE_LIST = ("vintage.list", "journal", "list vintages")
    VINTAGE_NAME = ("vintage.name", "journal", "give the present vintage a name")
    SOURCE_PICTURE = ("source.picture", "quality", "see the picture of a source", Obligation.KEEP_INSIDE)
    MONITOR_READ = ("monitor.read", "quality", "read a source's operational measures", Obligation.KEEP_INSIDE)
    FORECAST_MAKE = ("forecast.make", "forecast", "project a stock or a workload", Obligation.KEEP_INSIDE)
    MERGE_READ = ("merge.read", "derive", "read the account of a merge of systems", Obligation.KEEP_INSIDE)
    STORE_READ = ("store.read", "store", "read records of the store", Obligation.KEEP_INSIDE)
    VAULT_READ = ("vault.read", "store", "read identifiers from the vault", Obligation.KEEP_INSIDE)
    VAULT_ADMIN = ("vault.admin", "store", "change the vault's keys, erase or expire", Obligation.KEEP_INSIDE)
    LINK_FILES = ("link.files", "link", "link files", Obligation.KEEP_INSIDE)
    LINK_RUN = ("link.run", "link", "run a declared linkage", Obligation.KEEP_INSIDE)
    LINK_PLAN = ("link.plan", "link", "see what a declared linkage would cost", Obligation.KEEP_INSIDE)
    LINK_DATASET = ("link.dataset", "link", "make a run of a linkage a dataset of the store")
    LINK_SENSITIVITY = ("link.sensitivity", "link", "count a linkage over its thresholds", Obligation.KEEP_INSIDE)
    LINK_EXPLAIN = ("link.explain", "link", "see why records are linked", Obligation.KEEP_INSIDE)
    LINK_SEARCH = ("link.search", "link", "look a record up among linked ones", Obligation.KEEP_INSIDE)
    LINK_PSEUDONYMS = ("link.pseudonyms", "link", "make pseudonyms for a purpose", Obligation.KEEP_INSIDE)
    DERIVE_RUN = ("derive.run", "derive", "run the models of a publication")
    LINEAGE_READ = ("lineage.read", "derive", "follow a column back to the fields it comes from")
    QA_READ = ("qa.read", "assure", "look at a draft of an edition in exact figures", Obligation.KEEP_INSIDE)
    QA_SIGN = ("qa.sign", "assure", "sign an edition off as the second person")
    QUALITY_WAIVE = (
        "quality.waive",
        "assure",
        "let an edition be approved although its sources fall short",
    )
    TABLE_READ = ("table.read", "protect", "read a statistical table", Obligation.PROTECT)
    TABLE_ANSWER = ("table.answer", "release", "answer a question with a statistical table", Obligation.PROTECT)
    TABLE_READ_EXACT = ("table.read_exact", "tabulate", "read a table's exact values", Obligation.KEEP_INSIDE)
    OUTPUT_CHECK = ("output.check", "protect", "check a researcher's output", Obligation.KEEP_INSIDE)
    TABLE_PROTECT = ("table.protect", "protect", "protect a table from a file", Obligation.KEEP_INSIDE)
    TABLE_ATTACK = ("table.attack", "protect", "see what can be inferred from published tables", Obligation.KEEP_INSIDE)
    RELEASE_MAKE = ("release.make", "release", "make a release", Obligation.PROTECT)
    RELEASE_APPROVE = ("release.approve", "assure", "approve a release")
    RELEASE_PUBLISH = ("release.publish", "release", "publish a release", Obligation.PROTECT)
    RELEASE_LIST = ("release.list", "release", "list releases")
    LEDGER_LIST = ("ledger.list", "release", "see what the ledger of published cells holds")
    LEDGER_IMPORT = ("ledger.import", "release", "take in what was published before", Obligation.KEEP_INSIDE)
    LEDGER_VERIFY = ("ledger.verify", "release", "hold the ledger against what was recorded and released")
    DISPATCH_PLAN = ("dispatch.plan", "notify", "see to whom an edition would go")
    DISPATCH_SEND = ("dispatch.send", "notify", "send an edition to those on its circulation list", Obligation.PROTECT)
    DISPATCH_SETTLE = ("dispatch.settle", "notify", "say what became of something sent")
    DISPATCH_LIST = ("dispatch.list", "notify", "list what was sent to whom")
    RELEASE_VERIFY = ("release.verify", "release", "verify a release from its files")
    TRACE_READ = ("trace.read", "release", "go from a published number back to its deliveries")
    AUDIT_READ = ("audit.read", "govern", "read the audit chain")
    AUDIT_VERIFY = ("audit.verify", "govern", "verify the audit chain")
    AUDIT_SIGN = ("audit.sign", "govern", "sign a checkpoint of the audit chain")
    WORKSPACE_OPEN = ("workspace.open", "workspace", "open a workspace")
