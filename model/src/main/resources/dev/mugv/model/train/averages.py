# Averages of weights (arXiv 2312.02696, section 3.1), as TorchScript: in place, by the engine's own kernels. Run with recording off.

# Each average becomes average + share * (weight - average).
def mix(self, averages: List[Tensor], weights: List[Tensor], share: float) -> int:
  if len(averages) > 0:
    torch._foreach_lerp_(averages, weights, share)
  return 0
