"""The county court: claims, what becomes of them, and the systems that record them."""
