"""A process of many parts: started, watched, stopped in stages."""
