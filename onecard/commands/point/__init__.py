"""`onecard point …`: points, as an installer sees them."""

from onecard.language import say

HELP = say("Points, as an installer sees them.", "点位安装。")
