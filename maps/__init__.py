"""Map styles and colour ramps as plain data: pure, no I/O, no library. The browser draws them (`assets/map.js`)."""
