"""AuthenticateEV2First and NonFirst: three passes, from the card's side (MF2DL(H)x0, 9.1)."""

from dataclasses import dataclass, field

from firmware_sim.card import primitives as p
from firmware_sim.card.entropy import Entropy
from firmware_sim.card.session import Session, session_keys

PD_CAPABILITIES = bytes(6)
CAPABILITY_BYTES = 6
PROOF_BYTES = 32


@dataclass
class Handshake:
    """The state between the two frames. ``previous`` is set for NonFirst."""

    key_number: int
    key: bytes = field(repr=False)
    rnd_b: bytes = field(repr=False)
    reader_capabilities: bytes = b""
    previous: Session | None = None

    def challenge(self) -> bytes:
        """E(Kx, RndB), the answer to the first frame."""
        return p.cbc_encrypt(self.key, p.ZERO_IV, self.rnd_b)

    def finish(self, proof: bytes, entropy: Entropy) -> tuple[bytes, Session] | None:
        """The answer to the second frame and the new session; None when the reader proved nothing.

        First: E(Kx, TI ‖ RndA' ‖ PDcap2 ‖ PCDcap2), fresh TI, counter 0.
        NonFirst: E(Kx, RndA'), TI and counter live on.
        """
        plain = p.cbc_decrypt(self.key, p.ZERO_IV, proof)
        rnd_a, answer = plain[:16], plain[16:]
        if not p.same(answer, p.rotate_left(self.rnd_b)):
            return None
        enc, mac = session_keys(self.key, rnd_a, self.rnd_b)
        if self.previous is None:
            session = Session(self.key_number, enc, mac, entropy(4))
            capabilities = PD_CAPABILITIES + self.reader_capabilities.ljust(CAPABILITY_BYTES, b"\x00")
            reply = session.transaction_id + p.rotate_left(rnd_a) + capabilities
        else:
            session = Session(self.key_number, enc, mac, self.previous.transaction_id, self.previous.counter)
            reply = p.rotate_left(rnd_a)
        return p.cbc_encrypt(self.key, p.ZERO_IV, reply), session
