"""What a user shows beside, or instead of, a password: a code of an app, a recovery code, a passkey."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from server.tables.base import Row


class OidcLinkRow(Row, table=True):
    """A user's account at another house's provider, by the provider's own name for them."""

    __tablename__ = "oidc_link"
    issuer: str = Field(primary_key=True, max_length=255)
    subject: str = Field(primary_key=True, max_length=255)
    user_id: str = Field(foreign_key="user_account.id", unique=True, ondelete="CASCADE", max_length=26)
    created_ms: int = Field(sa_type=BigInteger)


class TotpRow(Row, table=True):
    """A user's authenticator app (RFC 6238). The secret lies in a box that only the keystore opens."""

    __tablename__ = "totp"
    user_id: str = Field(primary_key=True, foreign_key="user_account.id", ondelete="CASCADE", max_length=26)
    box: bytes
    active: bool
    """False until the first code has shown that the app has the secret."""
    last_step: int = Field(default=0, sa_type=BigInteger)
    """The newest time step whose code was accepted; no older one is accepted again (RFC 6238 § 5.2)."""
    created_ms: int = Field(sa_type=BigInteger)


class RecoveryCodeRow(Row, table=True):
    """A code for the day on which the telephone is lost: works once. Only its mark (Keystore.mark_of) is here."""

    __tablename__ = "recovery_code"
    user_id: str = Field(primary_key=True, foreign_key="user_account.id", ondelete="CASCADE", max_length=26)
    mark: str = Field(primary_key=True, max_length=64)
    used_ms: int | None = Field(default=None, sa_type=BigInteger)


class PasskeyRow(Row, table=True):
    """A public key that an authenticator made for one user at one name of this server (WebAuthn § 4)."""

    __tablename__ = "passkey"
    id: str = Field(primary_key=True, max_length=64)
    """SHA-256 of the credential id, which may have 1023 bytes."""
    user_id: str = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE", max_length=26)
    name: str = Field(max_length=63)
    rp_id: str = Field(max_length=253)
    """The host name that it was made for."""
    credential: bytes
    """Attested credential data (WebAuthn § 6.5.2): AAGUID, credential id, COSE public key."""
    sign_count: int = Field(sa_type=BigInteger)
    challenge_ms: int = Field(default=0, sa_type=BigInteger)
    """When the newest challenge that it answered was made; no older answer is accepted."""
    created_ms: int = Field(sa_type=BigInteger)
    used_ms: int | None = Field(default=None, sa_type=BigInteger)
