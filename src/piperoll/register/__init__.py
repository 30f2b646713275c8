"""The register: what is declared about sources, contracts, codes, suppliers, publications, policies and people."""

from __future__ import annotations

from piperoll.register.loading import inspect, load


__all__ = ["inspect", "load"]
