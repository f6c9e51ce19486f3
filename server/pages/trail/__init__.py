"""What was done and what happened: the trail of people, the record of gateways."""
