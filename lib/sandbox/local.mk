# lib/sandbox
