"""Stories: what a city is told in relative seconds, and what must have rung by then. Plays them on a database of their own."""
