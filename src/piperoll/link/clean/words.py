"""Words that say nothing of who a person is, or that belong to the word after them.

General knowledge of names in the British Isles and of what clerks write where they know nothing. The words are
those of any record; what one source alone writes is declared with that source.
"""

from __future__ import annotations


# before a name; "LORD" or "MASTER" alone is a surname and stays, as there must be something after them
TITLES = (
    "MR", "MISTER", "MASTER", "MRS", "MS", "MISS", "MX", "MADAM", "MME", "MESSRS", "DR", "DOCTOR", "SIR", "DAME",
    "LORD", "LADY", "REV", "REVD", "REVEREND", "PROF", "PROFESSOR", "CAPT", "CAPTAIN", "COL", "COLONEL", "LT", "MAJ",
    "GEN", "SGT", "HON", "RT HON", "THE HON", "THE RT HON", "THE RIGHT HON",
)  # fmt: skip

# after a name
SUFFIXES = (
    "JR", "JNR", "SR", "SNR", "ESQ", "ESQUIRE", "BT", "BART", "II", "III", "IV", "OBE", "MBE", "CBE", "QC", "KC",
    "JP", "PHD",
)  # fmt: skip

# after an ordinal ("1ST BARON ..."), to the end of the name
RANKS = (
    "BARON", "BARONESS", "BARONET", "BT", "VISCOUNT", "VISCOUNTESS", "EARL", "COUNTESS", "MARQUESS", "MARQUIS",
    "DUKE", "DUCHESS", "LORD", "LADY",
)  # fmt: skip

# joined to the word after them: Gaelic, Welsh, Dutch, German, French, Italian, Spanish, Portuguese, Arabic, Hebrew
PARTICLES = (
    "MC", "MAC", "O", "FITZ", "ST", "AP", "AB", "VAN", "VANDER", "VANDEN", "VON", "DER", "DEN", "TER", "TEN", "ZU",
    "ZUM", "DE", "DELA", "DEL", "DELLA", "DI", "DA", "DO", "DAS", "DOS", "DU", "DES", "D", "LA", "LE", "LO", "LOS",
    "LAS", "AL", "EL", "BIN", "BINT", "IBN", "ABU", "BEN",
)  # fmt: skip

# the whole value, punctuation made blank: nothing is known
NULL_WORDS = (
    "UNKNOWN", "UNK", "UNKN", "UNKNOWN UNKNOWN", "NAME UNKNOWN", "NO NAME", "NO FORENAME", "NO SURNAME", "NOT KNOWN",
    "NOT GIVEN", "NOT STATED", "NOT RECORDED", "NOT PROVIDED", "NOT APPLICABLE", "NOT AVAILABLE", "NOT SPECIFIED",
    "NOT DISCLOSED", "NOT SUPPLIED", "N A", "N K", "NK", "NONE", "NONE GIVEN", "NULL", "NIL", "NAN", "NFN", "NLN",
    "FNU", "LNU", "TEST", "TEST TEST", "DUMMY", "MISSING", "BLANK", "TBC", "TBA", "TO BE CONFIRMED", "REFUSED",
    "WITHHELD", "ANON", "ANONYMOUS", "X", "XX", "XXX", "XXXX", "NFA", "N F A", "NO FIXED ABODE", "NO FIXED ADDRESS",
    "OF NO FIXED ABODE", "NO ADDRESS", "NO ADDRESS GIVEN", "ADDRESS UNKNOWN", "HOMELESS",
)  # fmt: skip
