"""`onecard edge …`: the points of a box."""

from onecard.language import say

HELP = say("The points of a box: readers, locks, taps.", "点位：读卡器、门锁与刷卡。")
