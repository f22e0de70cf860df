# The Euler sampler (mugv.md, section 4.2), as TorchScript.

# One step of the guided Euler sampler: the batch holds the conditioned sample, then the one of the negative prompt.
def step(self, latent_BCFHW: Tensor, velocity: Tensor, clean_BCFHW: Tensor, noisy_F: Tensor, guidance: float, length: float) -> Tensor:
  v = velocity[:, :latent_BCFHW.size(1)]
  if v.size(0) == 2:
    v = v[1:] + guidance * (v[:1] - v[1:])
  return torch.where(noisy_F[:, None, None], latent_BCFHW + v * length, clean_BCFHW)
