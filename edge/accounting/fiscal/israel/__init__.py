"""Israel: allocation numbers, the uniform file and the control tape."""
