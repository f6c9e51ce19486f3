"""`onecard bench …`: figures beside their floors."""

from onecard.language import say

HELP = say("Measure, each figure beside its floor.", "性能测量：每项数值与其下限对照。")
