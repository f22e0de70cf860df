# What an update does to parameters beyond their gradients (mugv.md, section 5.3), as TorchScript: in place, by the engine's own
# kernels. Run with recording off.

def clear(self, gradients: List[Tensor]) -> int:
  torch._foreach_zero_(gradients)
  return 0

# Euclidean norm of each.
def norms(self, gradients: List[Tensor]) -> Tensor:
  return torch.stack(torch._foreach_norm(gradients, 2))

# AdamW. steps holds one count of updates for each parameter. Gradients are divided by divisor where they are to be clipped.
def update(self, parameters: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor], divisor: Tensor, clipped: bool, rate: float, beta1: float, beta2: float, epsilon: float, decay: float) -> int:
  scale: Optional[Tensor] = None
  if clipped:
    scale = divisor
  if len(parameters) > 0:
    torch._fused_adamw_(parameters, gradients, first, second, annotate(List[Tensor], []), steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False, grad_scale=scale)
  return 0
