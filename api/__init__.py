"""The REST door: who may, what was asked, what is answered. Decides nothing about the city."""
