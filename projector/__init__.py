"""The one author of the live stream: committed changes and moved states → numbered deltas of streets."""
