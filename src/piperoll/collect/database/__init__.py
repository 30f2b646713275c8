"""Deliveries read from a supplier's database over ODBC."""
