# lib/colour
