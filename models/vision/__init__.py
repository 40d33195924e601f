"""Object detection and other image models on ONNX Runtime.

They run on the CPU. A model's inputs, outputs and boxes are read from its file; what isn't in it (colours, scale,
thresholds) is an option.
"""
