# The VideoVAE's four nets, their posterior and their training loss (mugv.md, sections 2.2 to 2.6), in TorchScript.
#
# Every net takes its weights as one list `p` in the order of execution (Java: VaeParameters) and consumes it from the
# front: a residual block returns its output and the index of the next weight. Widths are read off the weights.
#
# Axes: N frames or chunks, C channels, F frames or latents in time, H x W height x width.

# ---- 2D nets: the SDXL auto-encoder's geometry, GroupNorm of 32 groups with epsilon 1e-6 ----

def resnet_2d(self, x_NCHW: Tensor, p: List[Tensor], at: int) -> Tuple[Tensor, int]:
  h_NCHW = torch.silu(torch.group_norm(x_NCHW, 32, p[at], p[at + 1], 1e-06))
  h_NCHW = torch.conv2d(h_NCHW, p[at + 2], p[at + 3], [1, 1], [1, 1])
  h_NCHW = torch.silu(torch.group_norm(h_NCHW, 32, p[at + 4], p[at + 5], 1e-06))
  h_NCHW = torch.conv2d(h_NCHW, p[at + 6], p[at + 7], [1, 1], [1, 1])
  at = at + 8
  if torch.size(x_NCHW, 1) != torch.size(h_NCHW, 1):
    x_NCHW = torch.conv2d(x_NCHW, p[at], p[at + 1])
    at = at + 2
  return (torch.add(x_NCHW, h_NCHW), at)

def attention_2d(self, x_NCHW: Tensor, p: List[Tensor], at: int) -> Tuple[Tensor, int]:
  c = torch.size(x_NCHW, 1)
  h = torch.size(x_NCHW, 2)
  w = torch.size(x_NCHW, 3)
  # One head as wide as the features; torch's fused attention wants the axes N, heads, tokens, width.
  token_NTC = torch.transpose(torch.flatten(torch.group_norm(x_NCHW, 32, p[at], p[at + 1], 1e-06), 2), 1, 2)
  q_NKTC = torch.unsqueeze(torch.linear(token_NTC, p[at + 2], p[at + 3]), 1)
  k_NKTC = torch.unsqueeze(torch.linear(token_NTC, p[at + 4], p[at + 5]), 1)
  v_NKTC = torch.unsqueeze(torch.linear(token_NTC, p[at + 6], p[at + 7]), 1)
  o_NTC = torch.squeeze(torch.scaled_dot_product_attention(q_NKTC, k_NKTC, v_NKTC), 1)
  o_NTC = torch.linear(o_NTC, p[at + 8], p[at + 9])
  o_NCHW = torch.reshape(torch.transpose(o_NTC, 1, 2), [-1, c, h, w])
  return (torch.add(x_NCHW, o_NCHW), at + 10)

def mid_block_2d(self, x_NCHW: Tensor, p: List[Tensor], at: int) -> Tuple[Tensor, int]:
  x_NCHW, at = self.resnet_2d(x_NCHW, p, at)
  x_NCHW, at = self.attention_2d(x_NCHW, p, at)
  x_NCHW, at = self.resnet_2d(x_NCHW, p, at)
  return (x_NCHW, at)

# Pixels in [-1, 1] to features at an eighth of the size. The published net's own output layers are skipped.
def spatial_encoder(self, pixel_NCHW: Tensor, p: List[Tensor], layers: int) -> Tensor:
  x_NCHW = torch.conv2d(pixel_NCHW, p[0], p[1], [1, 1], [1, 1])
  at = 2
  for level in range(4):
    for block in range(layers):
      x_NCHW, at = self.resnet_2d(x_NCHW, p, at)
    if level < 3:
      # Padded on the far side only.
      x_NCHW = torch.conv2d(torch.constant_pad_nd(x_NCHW, [0, 1, 0, 1], 0), p[at], p[at + 1], [2, 2])
      at = at + 2
  x_NCHW, at = self.mid_block_2d(x_NCHW, p, at)
  return torch.mul(x_NCHW, 0.18215)

# Features to pixels. The published net's own input layer is skipped.
def spatial_decoder(self, feature_NCHW: Tensor, p: List[Tensor], layers: int) -> Tensor:
  x_NCHW, at = self.mid_block_2d(torch.div(feature_NCHW, 0.18215), p, 0)
  for level in range(4):
    for block in range(layers + 1):
      x_NCHW, at = self.resnet_2d(x_NCHW, p, at)
    if level < 3:
      x_NCHW = torch.upsample_nearest2d(x_NCHW, None, [2.0, 2.0])
      x_NCHW = torch.conv2d(x_NCHW, p[at], p[at + 1], [1, 1], [1, 1])
      at = at + 2
  x_NCHW = torch.silu(torch.group_norm(x_NCHW, 32, p[at], p[at + 1], 1e-06))
  return torch.conv2d(x_NCHW, p[at + 2], p[at + 3], [1, 1], [1, 1])

# ---- 3D nets: GroupNorm of 32 groups with epsilon 1e-5; a stride-1 convolution sees one frame on each side ----

def resnet_3d(self, x_NCFHW: Tensor, p: List[Tensor], at: int) -> Tuple[Tensor, int]:
  h_NCFHW = torch.silu(torch.group_norm(x_NCFHW, 32, p[at], p[at + 1], 1e-05))
  h_NCFHW = torch.conv3d(h_NCFHW, p[at + 2], None, [1, 1, 1], [1, 1, 1])
  h_NCFHW = torch.silu(torch.group_norm(h_NCFHW, 32, p[at + 3], p[at + 4], 1e-05))
  h_NCFHW = torch.conv3d(h_NCFHW, p[at + 5], None, [1, 1, 1], [1, 1, 1])
  at = at + 6
  if torch.size(x_NCFHW, 1) != torch.size(h_NCFHW, 1):
    x_NCFHW = torch.conv3d(x_NCFHW, p[at], None)
    at = at + 1
  return (torch.add(x_NCFHW, h_NCFHW), at)

# Chunks of 8 feature frames to the moments (mean, then log-variance) of one latent each.
def temporal_encoder(self, feature_NCFHW: Tensor, p: List[Tensor]) -> Tensor:
  x_NCFHW = torch.conv3d(feature_NCFHW, p[0], None, [1, 1, 1], [1, 1, 1])
  at = 1
  for level in range(4):
    for block in range(4):
      x_NCFHW, at = self.resnet_3d(x_NCFHW, p, at)
    if level < 3:
      # Stride 2 in time pads one frame behind and none before.
      x_NCFHW = torch.constant_pad_nd(x_NCFHW, [0, 0, 0, 0, 0, 1], 0)
      x_NCFHW = torch.conv3d(x_NCFHW, p[at], p[at + 1], [2, 1, 1], [0, 1, 1])
      at = at + 2
  for block in range(4):
    x_NCFHW, at = self.resnet_3d(x_NCFHW, p, at)
  x_NCFHW = torch.silu(torch.group_norm(x_NCFHW, 32, p[at], p[at + 1], 1e-05))
  x_NCFHW = torch.conv3d(x_NCFHW, p[at + 2], p[at + 3])
  return torch.conv3d(x_NCFHW, p[at + 4], p[at + 5])

# Doubles time by splitting the channels into (C, 2) with the second axis becoming the fast index in time.
def channel_to_time(self, x_NCFHW: Tensor) -> Tensor:
  n = torch.size(x_NCFHW, 0)
  c = torch.size(x_NCFHW, 1) // 2
  f = torch.size(x_NCFHW, 2)
  h = torch.size(x_NCFHW, 3)
  w = torch.size(x_NCFHW, 4)
  split = torch.permute(torch.reshape(x_NCFHW, [n, c, 2, f, h, w]), [0, 1, 3, 2, 4, 5])
  return torch.reshape(split, [n, c, 2 * f, h, w])

# A window of latents (not normalised) to 8 feature frames a latent.
def temporal_decoder(self, latent_NCFHW: Tensor, p: List[Tensor]) -> Tensor:
  x_NCFHW = torch.conv3d(latent_NCFHW, p[0], p[1])
  x_NCFHW = torch.conv3d(x_NCFHW, p[2], p[3], [1, 1, 1], [1, 1, 1])
  at = 4
  for block in range(4):
    x_NCFHW, at = self.resnet_3d(x_NCFHW, p, at)
  x_NCFHW = torch.upsample_nearest3d(x_NCFHW, None, [2.0, 1.0, 1.0])
  x_NCFHW, at = self.resnet_3d(x_NCFHW, p, at)
  for level in range(4):
    for block in range(4):
      x_NCFHW, at = self.resnet_3d(x_NCFHW, p, at)
    if level < 2:
      x_NCFHW = self.channel_to_time(torch.conv3d(x_NCFHW, p[at], p[at + 1], [1, 1, 1], [1, 1, 1]))
      at = at + 2
  x_NCFHW = torch.silu(torch.group_norm(x_NCFHW, 32, p[at], p[at + 1], 1e-05))
  return torch.conv3d(x_NCFHW, p[at + 2], p[at + 3], [1, 1, 1], [1, 1, 1])

# ---- posterior and loss ----

def mean(self, moment_NCFHW: Tensor) -> Tensor:
  return torch.slice(moment_NCFHW, 1, 0, torch.size(moment_NCFHW, 1) // 2)

def log_variance(self, moment_NCFHW: Tensor) -> Tensor:
  c = torch.size(moment_NCFHW, 1)
  return torch.clamp(torch.slice(moment_NCFHW, 1, c // 2, c), -30.0, 20.0)

def sample(self, moment_NCFHW: Tensor, noise_NCFHW: Tensor) -> Tensor:
  deviation_NCFHW = torch.exp(torch.mul(self.log_variance(moment_NCFHW), 0.5))
  return torch.add(self.mean(moment_NCFHW), torch.mul(deviation_NCFHW, noise_NCFHW))

# Total loss, squared error, absolute error and KL divergence, each a mean over its elements, as one vector of four.
def loss(self, pixel_NCHW: Tensor, decoded_NCHW: Tensor, moment_NCFHW: Tensor, l1_weight: float, kl_weight: float) -> Tensor:
  error_NCHW = torch.sub(decoded_NCHW, pixel_NCHW)
  squared = torch.mean(torch.mul(error_NCHW, error_NCHW))
  absolute = torch.mean(torch.abs(error_NCHW))
  mean_NCFHW = self.mean(moment_NCFHW)
  log_variance_NCFHW = self.log_variance(moment_NCFHW)
  excess_NCFHW = torch.sub(torch.add(torch.mul(mean_NCFHW, mean_NCFHW), torch.exp(log_variance_NCFHW)), log_variance_NCFHW)
  divergence = torch.mul(torch.mean(torch.sub(excess_NCFHW, 1.0)), 0.5)
  total = torch.add(torch.add(squared, torch.mul(absolute, l1_weight)), torch.mul(divergence, kl_weight))
  return torch.stack([total, squared, absolute, divergence])
