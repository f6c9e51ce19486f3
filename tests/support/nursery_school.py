"""What the parent of the nursery has imported: every program that a stage of the demo starts."""

import gc

import firmware_sim.app  # noqa: F401
import onecard.commands.broker
import onecard.commands.desk.run
import onecard.commands.edge.run
import onecard.commands.gateway.enrol
import onecard.commands.gateway.run
import onecard.commands.server.api_token
import onecard.commands.server.desk_token
import onecard.commands.server.init
import onecard.commands.server.run  # noqa: F401

gc.collect()
gc.freeze()  # its children share these pages as long as nobody writes on them
