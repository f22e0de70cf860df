# Losses of the VideoVAE (mugv.md, section 2.6) and its discriminator, as TorchScript. Letters of an axis: B crops, F frames, N = B * F.

# ---- reconstruction and posterior ----

# How fast the spatial detail of a video changes, as weights of its pixels: |L x(t+1) - L x(t)| with the 4-neighbour Laplacian L,
# mean over colours, scaled to mean 1 over each crop. Edges repeat; the last frame, which has no next one, takes the weights
# of the one before. The constant keeps still pixels from counting for nothing, and a still crop at weight 1.
def saliency(self, pixel_NCHW: Tensor, frames: int) -> Tensor:
  h = torch.size(pixel_NCHW, 2)
  w = torch.size(pixel_NCHW, 3)
  x = torch.replication_pad2d(pixel_NCHW, [1, 1, 1, 1])
  rows = torch.slice(x, 3, 1, w + 1)
  columns = torch.slice(x, 2, 1, h + 1)
  up_down = torch.add(torch.slice(rows, 2, 0, h), torch.slice(rows, 2, 2, h + 2))
  left_right = torch.add(torch.slice(columns, 3, 0, w), torch.slice(columns, 3, 2, w + 2))
  laplacian_NCHW = torch.sub(torch.add(up_down, left_right), torch.mul(pixel_NCHW, 4.0))
  laplacian_BFCHW = torch.reshape(laplacian_NCHW, [-1, frames, 3, h, w])
  later = torch.slice(laplacian_BFCHW, 1, 1, frames)
  earlier = torch.slice(laplacian_BFCHW, 1, 0, frames - 1)
  change_BFCHW = torch.mean(torch.abs(torch.sub(later, earlier)), [2], True)
  change_BFCHW = torch.cat([change_BFCHW, torch.slice(change_BFCHW, 1, frames - 2, frames - 1)], 1)
  change_BFCHW = torch.add(change_BFCHW, 0.001)
  weight_BFCHW = torch.div(change_BFCHW, torch.mean(change_BFCHW, [1, 2, 3, 4], True))
  return torch.reshape(weight_BFCHW, [-1, 1, h, w])

# Weighted sum, squared error, absolute error and the absolute error as it is weighted, each a mean over its elements. An empty
# saliency is 1 everywhere.
def reconstruction(self, pixel_NCHW: Tensor, decoded_NCHW: Tensor, saliency_NCHW: Tensor, squared_weight: float, absolute_weight: float) -> Tensor:
  error_NCHW = torch.sub(decoded_NCHW, pixel_NCHW)
  squared = torch.mean(torch.mul(error_NCHW, error_NCHW))
  absolute_NCHW = torch.abs(error_NCHW)
  absolute = torch.mean(absolute_NCHW)
  salient = absolute
  if torch.numel(saliency_NCHW) > 0:
    salient = torch.mean(torch.mul(absolute_NCHW, saliency_NCHW))
  total = torch.add(torch.mul(squared, squared_weight), torch.mul(salient, absolute_weight))
  return torch.stack([total, squared, absolute, salient])

# KL divergence of the posterior from the unit Gaussian, mean over its elements.
def divergence(self, moment_NCFHW: Tensor) -> Tensor:
  c = torch.size(moment_NCFHW, 1)
  mean_NCFHW = torch.slice(moment_NCFHW, 1, 0, c // 2)
  log_variance_NCFHW = torch.clamp(torch.slice(moment_NCFHW, 1, c // 2, c), -30.0, 20.0)
  excess_NCFHW = torch.sub(torch.add(torch.mul(mean_NCFHW, mean_NCFHW), torch.exp(log_variance_NCFHW)), log_variance_NCFHW)
  return torch.mul(torch.mean(torch.sub(excess_NCFHW, 1.0)), 0.5)

# A scalar whose gradient is the pixels' given one, plus that of the weighted divergence.
def pulled(self, decoded_NCHW: Tensor, gradient_NCHW: Tensor, divergence: Tensor, divergence_weight: float) -> Tensor:
  return torch.add(torch.sum(torch.mul(decoded_NCHW, gradient_NCHW)), torch.mul(divergence, divergence_weight))

# ---- discriminator: patches of space and time, a logit each, above 0 for real ones ----

# p holds a weight and a bias of the first layer, weight, bias, and GroupNorm's weight and bias of each further one, and a weight and
# a bias of the last. Every layer but the last halves height and width, every further one time as well.
def logits(self, pixel_BCFHW: Tensor, p: List[Tensor]) -> Tensor:
  x_BCFHW = torch.leaky_relu(torch.conv3d(pixel_BCFHW, p[0], p[1], [1, 2, 2], [1, 1, 1]), 0.2)
  at = 2
  while at < len(p) - 2:
    x_BCFHW = torch.conv3d(x_BCFHW, p[at], p[at + 1], [2, 2, 2], [1, 1, 1])
    x_BCFHW = torch.leaky_relu(torch.group_norm(x_BCFHW, 8, p[at + 2], p[at + 3], 1e-05), 0.2)
    at = at + 4
  return torch.conv3d(x_BCFHW, p[at], p[at + 1], [1, 1, 1], [1, 1, 1])

# Hinge loss of the discriminator, and the mean logit of real and of decoded patches.
def hinge(self, real: Tensor, decoded: Tensor) -> Tensor:
  missed = torch.mean(torch.relu(torch.rsub(real, 1.0)))
  fooled = torch.mean(torch.relu(torch.add(decoded, 1.0)))
  return torch.stack([torch.mul(torch.add(missed, fooled), 0.5), torch.mean(real), torch.mean(decoded)])

# The decoder's last layer without its bias: where the two losses' gradients are compared.
def last_layer(self, x_NCHW: Tensor, w: Tensor) -> Tensor:
  return torch.conv2d(x_NCHW, w, None, [1, 1], [1, 1])
