"""Faults by whose fault it is, decided before anyone catches them.

Each family has one treatment in the whole product:

=========  =======================================================  ===================================
family     what happened                                            treatment
=========  =======================================================  ===================================
caller     our own code asked for something that makes no sense     loud: a bug to be mended
peer       card, reader or gateway broke the protocol               record, refuse
equipment  something is absent, unplugged, silent                   retry with back-off, health page
trust      something cannot be authenticated                        fail closed, record, no silent retry
=========  =======================================================  ===================================

A refusal at a door is *not* a fault: it is a value with a reason. Faults are what conversations raise inside;
`card_protocol.profiles` turns those of the peer and trust families into refusals at its boundary.
"""

from enum import StrEnum
from typing import ClassVar


class Family(StrEnum):
    """Whose fault it is."""

    CALLER = "caller"
    PEER = "peer"
    EQUIPMENT = "equipment"
    TRUST = "trust"


class Fault(Exception):
    """Root of the families; never raised itself. The text is one plain sentence without secrets."""

    family: ClassVar[Family]


class CallerFault(Fault):
    """Our bug: a value out of range, a command out of order."""

    family = Family.CALLER


class PeerFault(Fault):
    """The other side broke the protocol."""

    family = Family.PEER


class EquipmentFault(Fault):
    """A device is absent or silent."""

    family = Family.EQUIPMENT


class TrustFault(Fault):
    """Something could not be authenticated."""

    family = Family.TRUST


class Malformed(PeerFault):
    """Bytes that do not have the form they must have."""


class TooLong(PeerFault):
    """More bytes or more frames than any answer may have."""


class CardGone(EquipmentFault):
    """The card left the field, or the reader lost it. Raised by the drivers' `transmit`."""


class CardSilent(CardGone):
    """The card kept asking for time, or never answered, until the driver's bound was reached."""


class NotGenuine(TrustFault):
    """The card could not prove that it knows the key: a copy of a UID, or a recording played again."""


class KeyRejected(TrustFault):
    """The card refused our proof: it holds another key (another community's, or another version)."""


class MacWrong(TrustFault):
    """A message authentication code did not match: altered, cut, repeated, or from another session."""
