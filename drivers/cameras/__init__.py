"""Cameras that are looked through now and then: one picture whenever it is asked for."""
