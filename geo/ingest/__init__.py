"""Tables that a user brings: read, understood, matched with places, written as a dataset."""
