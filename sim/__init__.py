"""A living city: devices, weather, video, citizens and staff, over the real wires. Never imported by what it feeds."""
