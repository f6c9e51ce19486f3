"""The sentences of events at a door: (zh, en) for the display, the guard and the admin. See `sentences.py`."""

from card_protocol.words.event import EventKind
from card_protocol.words.reason_sentences import Told

DOOR_EVENTS: dict[EventKind, Told] = {
    EventKind.EGRESS: (
        ("请出门", "Way out"),
        ("有人按出门按钮离开，无需处理。", "Somebody left by the exit button: nothing to do."),
        ("出门按钮释放了门锁。", "The exit button released the strike."),
    ),
    EventKind.DURESS: (
        ("欢迎", "Welcome"),
        (
            "有人在此受到胁迫并发出暗号：请报警，不要惊动对方。",
            "Somebody here is being forced and gave the sign: call the police, let nobody notice.",
        ),
        (
            "胁迫暗号：密码或隐蔽按钮；点位上一切照常。",
            "The sign of duress, by code or button; nothing shows there.",
        ),
    ),
    EventKind.DOOR_FORCED: (
        ("门被强行打开", "Door forced open"),
        ("请立即到现场查看：无人刷卡而门已打开。", "Go and look now: the door opened though nobody was let in."),
        ("门磁在未授权、未按出门按钮时打开。", "The contact opened without a grant or a press on the exit button."),
    ),
    EventKind.DOOR_HELD: (
        ("请关好门", "Please close the door"),
        ("门开得太久：请到现场关门，看是否被撑住。", "The door stands open: go and close it, see what props it."),
        ("门打开超过设定时间，且预警后仍未关闭。", "Open beyond the set time and still open after the warning."),
    ),
    EventKind.DOOR_RESTORED: (
        ("门已恢复正常", "The door is well again"),
        ("门已关好，警报结束，无需处理。", "The door is closed and the alarm is over: nothing to do."),
        (
            "被强开或久开的门已关闭，或由有权人接管。",
            "A forced or held door closed, or somebody who may pass took over.",
        ),
    ),
    EventKind.DOOR_TAMPERED: (
        ("设备外壳被打开", "Housing opened"),
        ("请立即到现场查看：读卡器或控制器外壳被打开。", "Go and look now: somebody opened a reader's housing."),
        ("防拆触点断开。", "A tamper contact opened."),
    ),
    EventKind.DOOR_TAMPER_ENDED: (
        ("设备外壳已合上", "Housing closed"),
        ("外壳已合上；请确认是维修人员所为。", "The housing is closed again: make sure that it was service staff."),
        ("防拆触点恢复。", "A tamper contact closed again."),
    ),
    EventKind.DOOR_INPUT_FAULT: (
        ("门需要检修", "Door needs service"),
        ("门磁或出门按钮失灵：请派人查看并报修。", "A contact or exit button fails: send somebody and report it."),
        ("输入线路断路、短路、抖动或按钮卡住。", "An input is cut, shorted, flutters, or a button is stuck."),
    ),
    EventKind.DOOR_INPUT_BACK: (
        ("门已修复", "Door is in order"),
        ("门磁或按钮恢复正常，无需处理。", "The contact or button works again: nothing to do."),
        ("输入线路恢复正常。", "An input is well again."),
    ),
    EventKind.DOOR_FREE: (
        ("自由通行", "Please come in"),
        ("按时段表，门现在常开，无需处理。", "By its schedule the door stands unlocked: nothing to do."),
        ("自由通行时段开始。", "The schedule of free passage began."),
    ),
    EventKind.DOOR_FREE_ENDED: (
        ("请刷卡进门", "Cards are needed now"),
        ("自由通行时段结束，进门需刷卡，无需处理。", "Free passage is over, cards are needed: nothing to do."),
        ("自由通行时段结束。", "The schedule of free passage ended."),
    ),
    EventKind.LOCKDOWN_STARTED: (
        ("区域已封闭", "Locked down"),
        (
            "区域已封闭：只有获准人员可以进入，人人可以离开。",
            "Locked down: only exempt people enter, everybody may leave.",
        ),
        ("区域封闭级别生效。", "A lockdown level is in force for the area."),
    ),
    EventKind.LOCKDOWN_ENDED: (
        ("封闭已解除", "Lockdown is over"),
        ("封闭已解除，恢复正常通行。", "The lockdown is over: rules are as always."),
        ("区域封闭级别归零。", "The area's lockdown level is zero again."),
    ),
    EventKind.FIRE_RELEASED: (
        ("消防放行，请疏散", "Fire: leave now"),
        ("消防联动已放开门锁：请按疏散预案处理。", "The fire panel released the door: follow the evacuation plan."),
        ("消防联动输入动作，门锁保持释放。", "The fire input is active; the strike stays released."),
    ),
    EventKind.FIRE_ENDED: (
        ("消防放行结束", "Fire release is over"),
        (
            "消防信号已复位，门恢复受控；请确认人员安全。",
            "The fire signal was reset: make sure that everybody is safe.",
        ),
        ("消防联动输入复位。", "The fire input was reset."),
    ),
    EventKind.LOCK_LOST: (
        ("门锁需要检修", "The lock needs service"),
        ("门锁不响应：请派人到门口值守并报修。", "The lock does not answer: post somebody there and report it."),
        ("驱动门锁的设备无应答，系统持续重试。", "The device that moves the strike is silent; we keep trying."),
    ),
    EventKind.LOCK_BACK: (
        ("门锁已恢复", "The lock works again"),
        ("门锁恢复响应，无需处理。", "The lock answers again: nothing to do."),
        ("驱动门锁的设备恢复应答。", "The device that moves the strike answers again."),
    ),
    EventKind.HOLD_STARTED: (
        ("门已常开", "The door stands open"),
        ("按值班指令，门现在常开；结束后请解除。", "By command the door stands unlocked: release it when done."),
        ("远程指令要求门保持开启，直到解除。", "A command holds the door open until it is released."),
    ),
    EventKind.HOLD_ENDED: (
        ("常开已结束", "Cards count again"),
        ("常开已解除，进门需刷卡，无需处理。", "The hold is over, cards are needed: nothing to do."),
        ("远程常开指令已解除。", "The command that held the door open was released."),
    ),
}
