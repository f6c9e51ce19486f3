"""The sentences of services and of their events: (zh, en) for the display, the guard and the admin."""

from card_protocol.words.event import EventKind
from card_protocol.words.reason_sentences import Told
from card_protocol.words.service import Service

SERVICES: dict[Service, Told] = {
    Service.CHECKED_IN: (
        ("签到成功", "You are checked in"),
        ("已签到，无需处理。", "Checked in: nothing to do."),
        ("到访已记入卡内相应应用。", "The visit stands in the log of the application on the card."),
    ),
    Service.ATTENDED: (
        ("签到成功，欢迎参加", "Signed in, welcome"),
        ("已签到，无需处理。", "Signed in: nothing to do."),
        ("出席已记入卡内活动应用。", "The attendance stands in the card's activity log."),
    ),
    Service.VISIT_NOTED: (
        ("上门已记录", "Visit noted"),
        ("上门服务已记录，无需处理。", "The home visit was noted: nothing to do."),
        ("上门服务已记入服务人员的卡。", "The home visit stands in the worker's card log."),
    ),
    Service.PAID: (
        ("已扣款，请用餐", "Paid, enjoy your meal"),
        ("餐费已扣，无需处理。", "The meal is paid: nothing to do."),
        ("卡内钱包已扣款，事件带交易计数。", "The purse was debited; the event carries its counter and MAC."),
    ),
    Service.PAID_ALREADY: (
        ("这餐已付，请用餐", "Already paid, enjoy"),
        ("刚刚已扣款，没有重复扣。", "It was paid a moment ago and not taken twice."),
        ("卡内记录显示此餐已扣款。", "The card's own log holds this payment."),
    ),
    Service.UPDATED: (
        ("卡已更新", "Card updated"),
        ("卡内授权已更新，无需处理。", "The rights on the card were renewed: nothing to do."),
        ("服务器经此点位续签了卡内授权。", "The server renewed the grant through this point."),
    ),
    Service.UP_TO_DATE: (
        ("卡是最新的", "Card is up to date"),
        ("卡内授权有效，无需处理。", "The rights on the card are good: nothing to do."),
        ("卡内授权有效期尚余过半。", "More than half of the grant's life is left."),
    ),
    Service.SAFE: (
        ("已登记平安，请勿离开", "Counted. Please stay"),
        ("此人已到集合点。", "This person has reached the muster point."),
        ("集合点刷卡，视为已离开所有区域。", "A tap at a muster point: outside all areas."),
    ),
    Service.PURSE_EMPTY: (
        ("余额不足，请充值", "Please top up the card"),
        ("卡内余额不足，请其到服务台充值。", "The purse holds too little: top up at the desk."),
        ("余额低于价格，未扣款。", "The value is below the price; nothing was taken."),
    ),
    Service.DAY_LIMIT: (
        ("今天已到限额", "Daily limit reached"),
        ("今日消费已到限额，需管理员调整。", "The card has spent its limit of today: only an admin changes it."),
        ("卡内当日扣款合计超过点位限额，未扣款。", "Today's debits on the card exceed the point's limit."),
    ),
    Service.TAP_AGAIN: (
        ("请再刷一次，贴稳", "Tap again, hold still"),
        ("卡拿开太快，请其再刷一次；不会重复扣款。", "The card left early: tap again, nothing is taken twice."),
        ("事务未得到应答，下次刷卡时核对。", "A transaction had no answer; the next tap settles it."),
    ),
    Service.UNAVAILABLE: (
        ("此服务暂不可用", "Not available now"),
        ("设备缺少密钥、存储或网络；请通知管理员。", "Keys, storage or network are missing: tell the administrator."),
        ("点位没有该应用的密钥，或记录无法落盘。", "No leaf keys for this application, or the journal is not durable."),
    ),
    Service.MEMBERS_ONLY: (
        ("请到签到台签到", "Sign in at the table"),
        (
            "此点位仅限党员卡签到；请其到签到台，由工作人员登记。",
            "This point signs in members' cards alone: to the table.",
        ),
        ("卡内没有党员标记，未写入出席记录。", "The card says nothing of a membership; no attendance was written."),
    ),
    Service.CARD_UNFIT: (
        ("请到服务台验卡", "Have the card checked"),
        ("卡内应用缺失或拒绝，请其到服务台。", "The card lacks the application or refuses: to the desk."),
        ("卡片没有该应用，或返回错误。", "The application is missing on the card, or the card refused."),
    ),
}

SERVICE_EVENTS: dict[EventKind, Told] = {
    EventKind.SERVED: (
        ("已记录", "Noted"),
        ("服务已记入卡片，无需处理。", "The visit was noted on the card: nothing to do."),
        ("已写入卡内相应应用的日志。", "Appended to the log of the point's application on the card."),
    ),
    EventKind.UNSERVED: (
        ("未能记录", "Not noted"),
        (
            "服务未记入卡片；反复出现请通知管理员。",
            "It was not noted on the card: if it repeats, tell the administrator.",
        ),
        ("未写入卡片，原因见详情。", "Nothing was appended on the card; the cause is in the detail."),
    ),
    EventKind.PAYMENT_BEGUN: (
        ("开始扣款", "Payment begun"),
        ("一笔扣款开始，无需处理。", "A payment began: nothing to do."),
        ("扣款意图已先行落盘，附钱包计数。", "The intention, durable before the card was asked; the purse's counter."),
    ),
    EventKind.PAYMENT_MADE: (
        ("已扣款", "Paid"),
        ("扣款完成，无需处理。", "The payment is complete: nothing to do."),
        ("卡片已提交扣款，附计数与MAC。", "The card committed the debit; its counter and MAC prove it."),
    ),
    EventKind.PAYMENT_TORN: (
        ("扣款待核对", "Payment to be settled"),
        ("卡拿开太快，下次刷卡核对，不会重复扣款。", "The card left early: its next tap settles it, never twice."),
        ("提交未得到应答，由计数与卡内记录核对。", "The commit had no answer; counter and card log will tell."),
    ),
    EventKind.PAYMENT_SETTLED: (
        ("扣款已核对", "Payment settled"),
        ("未决扣款已核对，无需处理。", "An open payment was settled: nothing to do."),
        ("未决扣款的结果，见详情。", "What became of an open payment: see the detail."),
    ),
}
