# lib/ipp
