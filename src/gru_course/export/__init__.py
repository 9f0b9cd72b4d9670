"""A trained model elsewhere: packages to take away, ONNX, LiteRT, C, a stream, a service."""
