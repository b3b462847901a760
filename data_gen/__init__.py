"""Seeded synthetic datasets, their manifests, their cache, and real data sets."""
