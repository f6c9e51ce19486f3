"""Why a request to the server was not carried out: a closed list with a sentence in both languages.

A `Problem` is an exception because it must end the transaction that it was found in; API and pages catch it in
one place each. It is never the answer to a tap: refusals at a point are values (design § 1.5).
"""

from enum import StrEnum
from typing import NamedTuple


class Code(StrEnum):
    """The machine's name of a problem; the last part of the RFC 9457 `type`."""

    NOT_FOUND = "not-found"
    INVALID = "invalid"
    EXISTS = "exists"
    IN_USE = "in-use"
    WRONG_STATE = "wrong-state"
    CHANGED_SINCE = "changed-since"
    NOT_READ = "not-read"
    NOT_SIGNED_IN = "not-signed-in"
    FORBIDDEN = "forbidden"
    PASSWORD_WRONG = "password-wrong"  # noqa: S105 - the name of a problem
    PASSWORD_WEAK = "password-weak"  # noqa: S105 - the name of a problem
    PASSWORD_OLD = "password-must-change"  # noqa: S105 - the name of a problem
    LOCKED = "locked"
    CODE_WRONG = "code-wrong"
    PASSKEY_REFUSED = "passkey-refused"
    OIDC_AWAY = "provider-away"
    OIDC_TURNED_BACK = "provider-sign-in-cancelled"
    OIDC_REFUSED = "provider-not-believed"
    OIDC_UNKNOWN = "provider-account-unknown"
    SIGN_IN_OLD = "sign-in-took-too-long"
    CLAIM_INVALID = "claim-invalid"
    UNTRUSTED = "untrusted"
    DESK_AWAY = "desk-not-connected"
    DESK_BUSY = "desk-busy"
    NO_CARD = "no-card"
    CARD_AWAY = "card-pulled-away"
    CARD_NOT_STOCK = "card-not-stock"
    CARD_UNKNOWN = "card-unknown"
    CARD_FAULT = "card-fault"
    PURSE_FULL = "purse-full"
    OTHER_CARD = "other-card"
    TOO_MANY = "too-many"
    FAILED = "failed"


class Text(NamedTuple):
    """HTTP status and the sentence of a code."""

    status: int
    en: str
    zh: str


TEXTS: dict[Code, Text] = {
    Code.NOT_FOUND: Text(404, "There is no such thing.", "没有找到。"),
    Code.INVALID: Text(422, "Something in the request is not as it must be.", "请求内容有误。"),
    Code.EXISTS: Text(409, "This exists already.", "已存在。"),
    Code.IN_USE: Text(409, "This is still in use.", "仍在使用中。"),
    Code.WRONG_STATE: Text(409, "That is not possible in the present state.", "当前状态下不能这样做。"),
    Code.CHANGED_SINCE: Text(
        412,
        "It was changed since you read it; read it again and decide anew.",
        "您读取后已被他人修改，请重新读取后再改。",
    ),
    Code.NOT_READ: Text(
        428,
        "Say what you read before you change it: If-Match with the ETag that came with it.",
        "修改前请先读取，并在 If-Match 中附上读取时得到的 ETag。",
    ),
    Code.NOT_SIGNED_IN: Text(401, "Please sign in.", "请先登录。"),
    Code.FORBIDDEN: Text(403, "Your role does not allow this.", "您的角色无权进行此操作。"),
    Code.PASSWORD_WRONG: Text(401, "User name or password is wrong.", "用户名或密码错误。"),
    Code.PASSWORD_WEAK: Text(422, "Choose a longer or less common password.", "请使用更长、更不常见的密码。"),
    Code.PASSWORD_OLD: Text(403, "Choose a password of your own first.", "请先设置您自己的密码。"),
    Code.LOCKED: Text(
        429, "Too many wrong passwords or codes; wait a little.", "密码或验证码错误次数过多，请稍候再试。"
    ),
    Code.CODE_WRONG: Text(401, "This code is wrong, too old, or was used already.", "验证码错误、已过期或已使用过。"),
    Code.PASSKEY_REFUSED: Text(401, "This passkey was not accepted.", "未能通过该通行密钥验证。"),
    Code.SIGN_IN_OLD: Text(401, "That took too long. Please sign in again.", "操作超时，请重新登录。"),
    Code.OIDC_AWAY: Text(
        503, "The provider does not answer; sign in with your password.", "统一认证暂不可用，请用密码登录。"
    ),
    Code.OIDC_TURNED_BACK: Text(
        401, "You turned back at the provider; nothing was changed.", "您在统一认证页面取消了登录，未做任何改动。"
    ),
    Code.OIDC_REFUSED: Text(
        401,
        "The provider's answer could not be believed; the reason is in the server's log.",
        "无法确认统一认证返回的身份，原因见服务器日志。",
    ),
    Code.OIDC_UNKNOWN: Text(
        401,
        "Nobody here has connected this account. Sign in with your password and connect it under My account.",
        "该统一认证账户尚未关联，请先用密码登录，在“我的账户”中关联。",
    ),
    Code.CLAIM_INVALID: Text(403, "This claim is unknown, used or expired.", "接入码无效、已使用或已过期。"),
    Code.UNTRUSTED: Text(403, "The sender could not be verified.", "无法验证发送方身份。"),
    Code.DESK_AWAY: Text(409, "This desk is not connected.", "该发卡台未连接。"),
    Code.DESK_BUSY: Text(409, "This desk is busy with another card.", "该发卡台正在处理另一张卡。"),
    Code.NO_CARD: Text(409, "No card was put on the desk's reader in time.", "未在规定时间内放上卡片。"),
    Code.CARD_AWAY: Text(
        409, "The card was taken away too early; put the same card back.", "卡片移开过早，请放回同一张卡。"
    ),
    Code.CARD_NOT_STOCK: Text(409, "This card is not blank stock of this community.", "这张卡不是本社区的空白卡。"),
    Code.CARD_UNKNOWN: Text(409, "This card is none of this community's.", "这不是本社区的卡。"),
    Code.CARD_FAULT: Text(502, "The card did not answer as it must.", "卡片应答异常。"),
    Code.PURSE_FULL: Text(
        409, "The purse cannot hold that much: nothing was put on it.", "钱包余额将超过上限，未充值。"
    ),
    Code.OTHER_CARD: Text(
        409, "Another card lies on the reader: nothing was done.", "读卡器上放的是另一张卡，未做任何操作。"
    ),
    Code.TOO_MANY: Text(429, "Too many at once.", "数量过多。"),
    Code.FAILED: Text(500, "It was not finished; nothing was changed.", "未能完成，没有任何改动。"),
}


class Problem(Exception):
    """One problem. `detail` says what of this case (English, for programs and logs), `fields` which input.

    `about` is what kind of thing it is about and how that was called, where that is all there is to say.
    """

    def __init__(
        self,
        code: Code,
        detail: str = "",
        *,
        fields: dict[str, str] | None = None,
        about: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(detail or TEXTS[code].en)
        self.code = code
        self.detail = detail
        self.fields = fields or {}
        self.about = about

    @property
    def status(self) -> int:
        """The HTTP status."""
        return TEXTS[self.code].status


def not_found(what: str, name: object) -> Problem:
    """The commonest one."""
    return Problem(Code.NOT_FOUND, f"There is no {what} {name}.", about=(what, str(name)))
