# lib/seal
