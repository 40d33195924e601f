"""Object detection and other image models on ONNX Runtime.

What is seen in pictures, by ONNX Runtime on the processor. A model's inputs, outputs and boxes are found in its
file; what cannot be found there (colours, scale, thresholds) is an option.
"""
