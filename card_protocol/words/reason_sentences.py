"""The sentences of every reason: (zh, en) for the display, the guard and the admin. See `sentences.py`."""

from card_protocol.words.reason import Reason

Told = tuple[tuple[str, str], tuple[str, str], tuple[str, str]]

REASONS: dict[Reason, Told] = {
    Reason.GRANTED: (
        ("请通行", "Please go through"),
        ("无需处理。", "Nothing to do."),
        ("门禁权限和时段都允许。", "An access level of the card holds this point and its schedule is open."),
    ),
    # of the card and its conversation
    Reason.UNKNOWN: (
        ("请到服务台登记", "Register at the desk"),
        ("请其到服务台登记，勿代为开门。", "Send them to the card desk; do not open for them."),
        ("策略中没有此卡，卡上也没有授权。", "The policy does not list this card, and the card carries no grant."),
    ),
    Reason.FOREIGN: (
        ("请换用一卡通", "Use your onecard"),
        ("这不是本系统的卡或是复制卡；反复出现请查看来人。", "No card of ours, or a copy: if it repeats, look."),
        ("卡片未能通过双向认证。", "The card could not authenticate itself with a key that this point holds."),
    ),
    Reason.KEY_VERSION: (
        ("卡需更新，请到服务台", "Card out of date: desk"),
        ("此卡密钥版本不符；请其到服务台更新。", "Wrong key version: the desk brings the card up to date."),
        ("卡片密钥版本不在此点位接受之列。", "Wrong key version: this point holds no key of the card's version."),
    ),
    Reason.MALFORMED: (
        ("请再刷一次", "Please tap again"),
        ("请其再刷一次；仍不行就带卡去服务台。", "Let them tap again; if it fails again, to the desk with the card."),
        ("卡片的应答或内容格式不符。", "The card answered, but not in the form that the layout prescribes."),
    ),
    Reason.WRONG_COMMUNITY: (
        ("请用本社区的卡", "Use a card from here"),
        ("此卡属于别的社区；来访请登记。", "This card is another community's: register them as a visitor."),
        ("授权所属社区与策略不同。", "The grant names another community than the policy."),
    ),
    Reason.PULLED_AWAY: (
        ("请把卡贴稳再拿开", "Hold the card still"),
        ("请其把卡贴稳，听到提示音再拿开。", "Ask them to hold the card until it beeps."),
        ("读卡中途卡片离开感应区。", "The card left the field before it was read to the end."),
    ),
    Reason.CARD_FAULT: (
        ("请到服务台验卡", "Have the card checked"),
        ("卡片可能已损坏，请其到服务台换卡。", "The card may be damaged: the desk replaces it."),
        ("卡片报告错误状态。", "The card answered with an error status."),
    ),
    Reason.ASSURANCE_TOO_LOW: (
        ("请刷一卡通", "Tap your onecard"),
        ("这里只认一卡通，手机、银行卡和复制卡不开门。", "Only onecards open here: no phones, bank cards, copies."),
        ("识别等级低于此点位要求。", "The assurance of the presentation is below the point's minimum, with no waiver."),
    ),
    # of the card's life
    Reason.REVOKED: (
        ("卡已停用，请到服务台", "Card ended: see the desk"),
        ("此卡已注销，请收回并请其到服务台。", "This card was revoked: take it in and send them to the desk."),
        ("卡片状态为已注销。", "The card is revoked."),
    ),
    Reason.LOST: (
        ("卡已挂失，请到服务台", "Reported lost: see desk"),
        ("此卡已挂失，请核对持卡人照片。", "This card was reported lost: compare the person with the photo."),
        ("卡片状态为挂失。", "The card is lost."),
    ),
    Reason.SUSPENDED: (
        ("卡已暂停，请到服务台", "Card paused: see desk"),
        ("此卡暂停使用，请其到服务台办理。", "This card is suspended: the desk can tell why."),
        ("卡片状态为暂停。", "The card is suspended."),
    ),
    Reason.NOT_ISSUED: (
        ("卡未启用，请到服务台", "Not active yet: see desk"),
        (
            "此卡尚未发放，怎么到了他手里？请收回。",
            "This card was never handed out: ask, and take it in.",
        ),
        ("卡片状态为库存或待启用。", "The card is in stock, or issued and not yet active."),
    ),
    Reason.RETURNED: (
        ("卡已退还，请到服务台", "Card returned: see desk"),
        (
            "此卡已退还，不应再有人持有，请收回。",
            "This card was given back to us: take it in.",
        ),
        ("卡片状态为已退还。", "The card is returned."),
    ),
    Reason.EXPIRED: (
        ("卡已到期，请去续期", "Expired: renew at desk"),
        ("此卡已过有效期，请其到服务台续期。", "The card's time is over: the desk can extend it."),
        ("已过策略中的有效期。", "The time is at or after the card's last valid moment in the policy."),
    ),
    Reason.NOT_YET_VALID: (
        ("还没到启用日期", "Starts later: ask desk"),
        ("此卡还没到启用日期；急用请问服务台。", "The card starts later: if it is urgent, ask the desk."),
        ("早于有效期的开始时间。", "The time is before the first valid moment of the card or its grant."),
    ),
    # of the grant that rides on the card
    Reason.GRANT_FORGED: (
        ("请到服务台验卡", "Take card to the desk"),
        ("卡上授权是伪造的：留意来人并上报。", "The rights on this card are forged: watch the person and report it."),
        ("卡上授权的签名无效。", "The grant on the card is not signed by the community."),
    ),
    Reason.GRANT_COPIED: (
        ("请到服务台验卡", "Take card to the desk"),
        ("卡上授权是从别的卡抄来的：留意来人并上报。", "The rights were copied from another card: watch and report."),
        ("授权绑定的是另一张卡。", "The grant on the card is bound to another card's UID."),
    ),
    Reason.GRANT_EXPIRED: (
        ("请先到大门刷一次卡", "Tap at a main gate first"),
        (
            "卡上授权过期；在联网的门刷一次即可续期。",
            "The rights on the card ended: a tap at an online gate renews.",
        ),
        (
            "卡上授权已过有效期，且策略未收录此卡。",
            "The grant has expired and the policy does not list the card.",
        ),
    ),
    Reason.GRANT_STALE: (
        ("请先到大门刷一次卡", "Tap at a main gate first"),
        (
            "卡上是旧授权；若再出现，请查看来人。",
            "The card carries older rights than before: if it repeats, look.",
        ),
        ("授权序号小于已见过的序号。", "The grant's serial is below one that was seen on this card."),
    ),
    # of the rules
    Reason.WRONG_POINT: (
        ("此门未开通，请问物业", "Not your door: ask desk"),
        (
            "此卡没有这扇门的权限；有事请代为联系住户。",
            "The card has no right here: call the household for them.",
        ),
        ("没有任何权限组包含此点位。", "No access level of the card holds this point."),
    ),
    Reason.OUTSIDE_SCHEDULE: (
        ("现在不开放，请稍后来", "Closed now: come later"),
        ("此卡现在不在开放时段内。", "The card opens this point, but not at this hour."),
        ("权限组包含此点位，但时段未开放。", "An access level holds this point, but its schedule is closed now."),
    ),
    Reason.OFFLINE_TOO_LONG: (
        ("请按铃找门卫", "Please ring the guard"),
        (
            "此门离线太久，这类卡暂不能开：核对身份后放行。",
            "Offline too long for such a card: check them by hand.",
        ),
        ("离线时长超过权限组允许的上限。", "The gateway was offline for longer than the access level allows."),
    ),
    Reason.USED_UP: (
        ("次数已用完，请登记", "Used up: see the desk"),
        ("访客卡次数已用完，请其重新登记。", "The visitor's pass has no uses left: register them again."),
        ("访客卡的放行次数已达上限。", "The pass has let its holder in as often as it may."),
    ),
    # of the place and who is there
    Reason.LOCKED_DOWN: (
        ("封闭中，请听从指挥", "Closed: follow the staff"),
        ("区域已封闭，只放行应急人员。", "The area is locked down: let responders in and nobody else."),
        ("区域处于封闭级别，卡的角色不在豁免之列。", "The area is in lockdown and no role of the card is exempt."),
    ),
    Reason.ESCORT_AWAITED: (
        ("请等陪同人先刷卡", "Wait for your escort"),
        ("此人须有陪同：请陪同人先刷卡。", "They must be escorted: the escort presents a card first."),
        ("卡须陪同，刚才没有陪同人刷卡。", "The card must be escorted and no escort presented just before it."),
    ),
    Reason.FIRST_PERSON_AWAITED: (
        ("请等工作人员先到", "Wait for the staff"),
        ("须有工作人员先进入，其他人才能进。", "A member of staff must enter before anybody else may."),
        ("本时段尚无首人角色进入。", "Nobody with a first-person role has entered in this schedule yet."),
    ),
    Reason.PASSED_BACK: (
        ("请先刷卡出门再进", "Please tap out first"),
        ("记录显示此人已在内：核对是否借卡，属实可放行。", "By the records they are inside: ask whose card it is."),
        ("反潜回：上次通行方向与本次相同。", "Anti-passback: the last passage went the same way as this one."),
    ),
    Reason.AREA_FULL: (
        ("里面已满，请稍等", "Full: please wait"),
        ("区域已满，等有人出来再放行。", "The area is full: let people in as others leave."),
        ("区域内人数已达上限。", "As many people are inside as the area holds."),
    ),
    Reason.INTERLOCKED: (
        ("请等另一扇门关好", "Wait: other door open"),
        ("另一扇门没关好：请去关上。", "The other door of this pair is open: have it closed."),
        ("互锁组内另一扇门未关闭。", "Another point of the same interlock is not closed and locked."),
    ),
    Reason.SECOND_PERSON_AWAITED: (
        ("请第二人刷卡", "Second person, please"),
        ("此门须两人先后刷卡。", "This door takes two people, one card after the other."),
        ("点位要求两人，另一人尚未刷卡。", "The point takes two people and nobody else has presented a card."),
    ),
    # of the point itself
    Reason.NO_POLICY: (
        ("请按铃找门卫", "Please ring the guard"),
        ("此门还没有策略：核对身份后人工放行并报修。", "This point has no policy: check people by hand and report it."),
        ("网关没有策略，或策略不含此点位。", "The gateway holds no policy, or one that does not know this point."),
    ),
    Reason.POLICY_EXPIRED: (
        ("请按铃找门卫", "Please ring the guard"),
        (
            "网关离线太久：核对身份后人工放行并报修。",
            "The gateway was offline too long: check by hand, report it.",
        ),
        ("策略已过期，没有收到新的策略。", "The policy's own expiry has passed and no newer one arrived."),
    ),
    Reason.CLOCK_UNKNOWN: (
        ("请按铃找门卫", "Please ring the guard"),
        (
            "网关不知道时间：核对身份后人工放行并报修。",
            "The gateway does not know the time: check by hand, report.",
        ),
        ("时钟来源未知，无法比较时间。", "The clock's quality is unknown: no time can be compared."),
    ),
    Reason.JOURNAL_LATE: (
        ("请再刷一次", "Please tap again"),
        (
            "记录没有及时写入，请其再刷；反复出现请报修。",
            "The tap was not recorded in time: tap again, or report it.",
        ),
        (
            "日志未在期限内提交，点位设为保持关闭。",
            "The commit was late and the point is set to stay closed.",
        ),
    ),
}
