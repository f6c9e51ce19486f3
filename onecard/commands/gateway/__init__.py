"""`onecard gateway …`: the box in the community."""

from onecard.language import say

HELP = say("The box in the community: journal, policy, sync.", "小区网关：日志、策略与同步。")
