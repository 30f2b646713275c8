"""Records of one person, from many sources, found and put together."""
