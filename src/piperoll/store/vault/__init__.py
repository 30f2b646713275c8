"""The vault: identifiers, refused rows, originals of deliveries, and records entered by hand, encrypted. Four
ports and no other way in.

`write` (collect puts in), `read` (link reads identifiers), `entry` (an office reads back its own records) and
`admin` (rekey, erase). Each item has a data key of its own, wrapped by a master key of the `Keyring`:
``vault/<kind>/<ab>/<name>/data`` and ``key`` beside it. An item appears by one rename of its directory.
"""

from __future__ import annotations
