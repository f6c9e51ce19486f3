"""Commands on one card that lies on a reader."""

from onecard.language import say

HELP = say("Look at, issue, renew or recycle a card on a reader.", "在读卡器上查看、发放、续期或回收卡片。")
