"""The sentences of every kind of event: (zh, en) for the display, the guard and the admin. See `sentences.py`."""

from card_protocol.words.command_sentences import COMMAND_EVENTS
from card_protocol.words.door_sentences import DOOR_EVENTS
from card_protocol.words.event import EventKind
from card_protocol.words.reason_sentences import Told
from card_protocol.words.service_sentences import SERVICE_EVENTS

EVENTS: dict[EventKind, Told] = {
    EventKind.TAP: (
        ("已刷卡", "Card presented"),
        ("有人刷卡，见结果。", "Somebody presented a card: see the verdict."),
        ("一次刷卡及其判定。", "One presentation with its verdict."),
    ),
    EventKind.JOURNAL_OPENED: (
        ("设备已就绪", "Ready"),
        ("设备已启动，无需处理。", "The gateway has started: nothing to do."),
        ("日志文件已打开，开始新的纪元或继续。", "A journal file was opened: a new epoch, or one continued."),
    ),
    EventKind.JOURNAL_DAMAGED: (
        ("设备需要检修", "Service needed"),
        ("门照常使用；请立即通知管理员。", "The gate keeps working: tell the administrator now."),
        (
            "日志损坏，旧文件已原样保留，新纪元开始。",
            "The journal was damaged: set aside whole, new epoch begun.",
        ),
    ),
    EventKind.GAP: (
        ("记录有缺失", "Records are missing"),
        ("部分刷卡记录缺失；请立即通知管理员。", "Some records are missing: tell the administrator now."),
        ("签名的缺口声明：从某序号到某序号。", "A signed statement of which sequence numbers are missing."),
    ),
    EventKind.POLICY_APPLIED: (
        ("权限已更新", "Rights updated"),
        ("新的门禁权限已生效，无需处理。", "New access rights are in force: nothing to do."),
        ("新策略版本已生效。", "A new policy version was applied."),
    ),
    EventKind.POLICY_REFUSED: (
        ("权限更新失败", "Update refused"),
        ("门按旧权限工作；请通知管理员。", "The gate works by the old rights: tell the administrator."),
        ("策略未通过检查（签名、摘要、版本或格式）。", "A policy failed a check: signature, digest, version or form."),
    ),
    EventKind.REVOCATION_APPLIED: (
        ("停用已生效", "Card ended"),
        ("有卡被停用，此门已知道，无需处理。", "A card was ended and this gate knows it: nothing to do."),
        ("吊销已写入并生效。", "A revocation was stored and is in force."),
    ),
    EventKind.MESSAGE_REFUSED: (
        ("收到异常消息", "Message refused"),
        (
            "收到来路不明的消息，已拒绝；请通知管理员。",
            "A message of unclear origin was refused: tell the admin.",
        ),
        ("消息未通过检查（签名、归属或格式）。", "A message failed a check: signature, addressee or form."),
    ),
    EventKind.POINT_MISFIT: (
        ("此点位配置有误", "Set up wrongly"),
        ("此点位的安装与策略不符：请通知安装人员。", "This point is set up wrongly: tell the installer."),
        ("配置文件与策略不符，见 why。", "The edge's file does not fit the policy; `why` tells what."),
    ),
    EventKind.KEYS_APPLIED: (
        ("密钥已更新", "Keys updated"),
        ("读卡密钥已更新，无需处理。", "The gate got newer card keys: nothing to do."),
        ("新的卡密钥已保存并生效。", "A newer bundle of card keys was stored and is in force."),
    ),
    EventKind.READER_LOST: (
        ("读卡器断开", "Reader is offline"),
        (
            "此门刷卡无效：请人工放行并查看读卡器接线。",
            "No card is read here: let people in by hand, check the cable.",
        ),
        ("读卡器无应答或已拔出。", "The reader does not answer or was unplugged."),
    ),
    EventKind.READER_BACK: (
        ("读卡器恢复", "Reader is back"),
        ("此门可以照常刷卡。", "Cards are read here again: nothing more to do."),
        ("读卡器重新应答。", "The reader answers again."),
    ),
    EventKind.COMMIT_LATE: (
        ("记录太慢", "Recording is slow"),
        (
            "刷卡记录太慢；请通知管理员检查存储。",
            "Taps are recorded too slowly: have the disk checked.",
        ),
        (
            "日志提交超过期限，按点位设置处理。",
            "A commit missed its deadline; the point's setting decided.",
        ),
    ),
    EventKind.CARD_WRITTEN: (
        ("卡已更新", "Card updated"),
        ("通行记录已写入卡片，无需处理。", "The passage was noted on the card: nothing to do."),
        ("通行记录及停用名单已写入卡片，附卡片计数。", "Event and revocations written to the card; its counter."),
    ),
    EventKind.CARD_UNWRITTEN: (
        ("卡未更新", "Card not updated"),
        ("卡拿开太快，下次刷卡再写，无需处理。", "The card left early; the next tap will do: nothing to do."),
        ("写卡未完成：卡片保持旧状态或新状态。", "The write did not finish: the card is as before, or as after."),
    ),
    EventKind.CARD_FILE_REFUSED: (
        ("卡内名单无效", "Card data refused"),
        ("卡内的停用名单不可信；请通知管理员。", "The card carries a false list: tell the administrator."),
        ("卡上停用名单未通过检查（签名、社区或格式）。", "Revocations on a card failed a check: signature or form."),
    ),
    EventKind.DISK_LOW: (
        ("存储空间不足", "Storage is low"),
        ("设备存储快满了；请通知管理员。", "The gateway's disk is filling up: tell the administrator."),
        ("磁盘占用超过限值；已上传的旧记录会被清理。", "The disk passed a limit; old acknowledged events make room."),
    ),
    EventKind.SYNC_STUCK: (
        ("上传曾中断", "Sync was stuck"),
        ("上传曾停滞，已自动重连，无需处理。", "Reports were stuck and the link was made anew: nothing to do."),
        ("链路看似正常但长时间无确认，已重建连接。", "Nothing was acknowledged for long; the link was made anew."),
    ),
    EventKind.CLOCK_STEPPED: (
        ("时间已校正", "Clock was set"),
        ("设备时间被校正，无需处理。", "The gateway's clock was set: nothing to do."),
        ("时钟跳变或来源改变；先后以序号为准。", "The clock jumped or changed its source; order goes by seq."),
    ),
    **SERVICE_EVENTS,
    **DOOR_EVENTS,
    **COMMAND_EVENTS,
}
