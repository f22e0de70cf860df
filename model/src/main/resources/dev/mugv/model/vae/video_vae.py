# The VideoVAE's four nets, their posterior and their training loss (mugv.md, sections 2.2 to 2.6), in TorchScript.
#
# Every net takes its weights as one list `p` in the order of execution (Java: VaeParameters) and consumes it from the
# front: a residual block returns its output and the index of the next weight. Widths are read off the weights.
#
# A net runs in one of two ways. With `packed` false it takes the weights as they are trained and may be recorded for a
# backward pass. With `packed` true it takes what pack_* made of them, keeps features in channels-last memory and works in
# place where nobody else looks: for use without gradients only.
#
# Axes: N frames or chunks, C channels, F frames or latents in time, H x W height x width.

# ---- packed weights: oneDNN's own layout for channels-last features, so that no call has to rearrange them ----

def pack_2d(self, w_OIHW: Tensor) -> Tensor:
  i = torch.size(w_OIHW, 1)
  k = torch.size(w_OIHW, 2)
  # The picture's size is a hint only: the layouts that oneDNN prefers do not change with it.
  return torch.mkldnn_reorder_conv2d_weight(torch.to_mkldnn(w_OIHW), [k // 2, k // 2], [1, 1], [1, 1], 1, [1, i, 32, 32])

def pack_3d(self, w_OIFHW: Tensor) -> Tensor:
  i = torch.size(w_OIFHW, 1)
  k = torch.size(w_OIFHW, 2)
  pad = [k // 2, k // 2, k // 2]
  return torch.mkldnn_reorder_conv3d_weight(torch.to_mkldnn(w_OIFHW), pad, [1, 1, 1], [1, 1, 1], 1, [1, i, 8, 32, 32])

# Two taps for three on one axis of a picture that nearest-neighbour doubling made: of the two rows made of a row, the first
# sees that row twice and the one before, the second sees it twice and the one behind.
def doubled_taps(self, w: Tensor, axis: int) -> Tuple[Tensor, Tensor]:
  before, at, behind = torch.unbind(w, axis)
  return (torch.stack([before, torch.add(at, behind)], axis), torch.stack([torch.add(before, at), behind], axis))

# Doubling and the 3x3 convolution behind it in one: four 2x2 convolutions of the small picture, one for each place in a
# 2x2 cell of the large one, as output channels (row, column, O). 16 taps for the 36 of the plain order.
def pack_upsampler(self, w_OIHW: Tensor) -> Tensor:
  upper, lower = self.doubled_taps(w_OIHW, 2)
  upper_left, upper_right = self.doubled_taps(upper, 3)
  lower_left, lower_right = self.doubled_taps(lower, 3)
  return self.pack_2d(torch.cat([upper_left, upper_right, lower_left, lower_right]))

# Output channels (C, 2) become (2, C), so that the two halves that channel_to_time parts are contiguous in memory.
def halves_first(self, w: Tensor) -> Tensor:
  return torch.contiguous(torch.flatten(torch.transpose(torch.unflatten(w, 0, [-1, 2]), 0, 1), 0, 1))

def pack_time_doubler(self, w_OIFHW: Tensor) -> Tensor:
  return self.pack_3d(self.halves_first(w_OIFHW))

# ---- primitives ----

def conv_2d(self, x_NCHW: Tensor, w: Tensor, b: Optional[Tensor], stride: int, pad: int, packed: bool) -> Tensor:
  if packed:
    y = ops.mkldnn._convolution_pointwise(x_NCHW, w, b, [pad, pad], [stride, stride], [1, 1], 1, "none", [], None)
  else:
    y = torch.conv2d(x_NCHW, w, b, [stride, stride], [pad, pad])
  return y

def conv_3d(self, x_NCFHW: Tensor, w: Tensor, b: Optional[Tensor], pad: int, packed: bool) -> Tensor:
  if packed:
    y = ops.mkldnn._convolution_pointwise(x_NCFHW, w, b, [pad, pad, pad], [1, 1, 1], [1, 1, 1], 1, "none", [], None)
  else:
    y = torch.conv3d(x_NCFHW, w, b, [1, 1, 1], [pad, pad, pad])
  return y

# GroupNorm of 32 groups and what follows it, `then`: "swish" or "none".
def norm(self, x_NC: Tensor, weight_C: Tensor, bias_C: Tensor, eps: float, then: str, packed: bool) -> Tensor:
  if packed and torch.size(x_NC, 0) == 1:
    c = torch.size(x_NC, 1)
    mean_C, variance_C = torch.batch_norm_update_stats(x_NC, None, None, 0.0)
    mean_GC = torch.reshape(mean_C, [32, -1])
    mean_G1 = torch.mean(mean_GC, [1], True)
    apart_GC = torch.sub(mean_GC, mean_G1)
    variance_G1 = torch.mean(torch.addcmul(torch.reshape(variance_C, [32, -1]), apart_GC, apart_GC), [1], True)
    scale_GC = torch.mul(torch.reshape(weight_C, [32, -1]), torch.rsqrt(torch.add(variance_G1, eps)))
    shift_GC = torch.addcmul(torch.reshape(bias_C, [32, -1]), mean_G1, scale_GC, value=-1)
    # A depthwise convolution with one tap is the affine map, and oneDNN applies the activation as it writes.
    x_NCHW = x_NC
    if torch.dim(x_NC) == 5:
      x_NCHW = torch.flatten(x_NC, 2, 3)
    scale = torch.reshape(scale_GC, [c, 1, 1, 1])
    y = ops.mkldnn._convolution_pointwise(x_NCHW, scale, torch.flatten(shift_GC), [0, 0], [1, 1], [1, 1], c, then, [], None)
    y = torch.view_as(y, x_NC)
  else:
    y = torch.group_norm(x_NC, 32, weight_C, bias_C, eps)
    if then == "swish":
      if packed:
        y = torch.silu_(y)
      else:
        y = torch.silu(y)
  return y

# The sum of a shortcut and the convolution of the block's main branch. Packed, it is written over the shortcut.
def joined(self, x_NC: Tensor, h_NC: Tensor, w: Tensor, b: Optional[Tensor], packed: bool) -> Tensor:
  if packed:
    one = [1] * (torch.dim(x_NC) - 2)
    y = ops.mkldnn._convolution_pointwise_(x_NC, h_NC, w, b, one, one, one, 1, "add", 1.0, None, [], None)
  elif torch.dim(x_NC) == 4:
    y = torch.add(x_NC, torch.conv2d(h_NC, w, b, [1, 1], [1, 1]))
  else:
    y = torch.add(x_NC, torch.conv3d(h_NC, w, b, [1, 1, 1], [1, 1, 1]))
  return y

# ---- 2D nets: the SDXL auto-encoder's geometry, GroupNorm of 32 groups with epsilon 1e-6 ----

def resnet_2d(self, x_NCHW: Tensor, p: List[Tensor], at: int, packed: bool) -> Tuple[Tensor, int]:
  h_NCHW = self.norm(x_NCHW, p[at], p[at + 1], 1e-06, "swish", packed)
  h_NCHW = self.conv_2d(h_NCHW, p[at + 2], p[at + 3], 1, 1, packed)
  if torch.size(x_NCHW, 1) != torch.size(h_NCHW, 1):
    x_NCHW = self.conv_2d(x_NCHW, p[at + 8], p[at + 9], 1, 0, packed)
    skipped = 10
  else:
    skipped = 8
  h_NCHW = self.norm(h_NCHW, p[at + 4], p[at + 5], 1e-06, "swish", packed)
  return (self.joined(x_NCHW, h_NCHW, p[at + 6], p[at + 7], packed), at + skipped)

def attention_2d(self, x_NCHW: Tensor, p: List[Tensor], at: int, packed: bool) -> Tuple[Tensor, int]:
  c = torch.size(x_NCHW, 1)
  h = torch.size(x_NCHW, 2)
  w = torch.size(x_NCHW, 3)
  # One head as wide as the features; torch's fused attention wants the axes N, heads, tokens, width.
  norm_NCHW = self.norm(x_NCHW, p[at], p[at + 1], 1e-06, "none", packed)
  token_NTC = torch.transpose(torch.flatten(norm_NCHW, 2), 1, 2)
  q_NKTC = torch.unsqueeze(torch.linear(token_NTC, p[at + 2], p[at + 3]), 1)
  k_NKTC = torch.unsqueeze(torch.linear(token_NTC, p[at + 4], p[at + 5]), 1)
  v_NKTC = torch.unsqueeze(torch.linear(token_NTC, p[at + 6], p[at + 7]), 1)
  o_NTC = torch.squeeze(torch.scaled_dot_product_attention(q_NKTC, k_NKTC, v_NKTC), 1)
  o_NTC = torch.linear(o_NTC, p[at + 8], p[at + 9])
  o_NCHW = torch.reshape(torch.transpose(o_NTC, 1, 2), [-1, c, h, w])
  return (torch.add(x_NCHW, o_NCHW), at + 10)

def mid_block_2d(self, x_NCHW: Tensor, p: List[Tensor], at: int, packed: bool) -> Tuple[Tensor, int]:
  x_NCHW, at = self.resnet_2d(x_NCHW, p, at, packed)
  x_NCHW, at = self.attention_2d(x_NCHW, p, at, packed)
  x_NCHW, at = self.resnet_2d(x_NCHW, p, at, packed)
  return (x_NCHW, at)

# Nearest-neighbour doubling of height and width, then a 3x3 convolution.
def upsampler(self, x_NCHW: Tensor, w: Tensor, b: Tensor, packed: bool) -> Tensor:
  if packed:
    n = torch.size(x_NCHW, 0)
    c = torch.size(b, 0)
    h = torch.size(x_NCHW, 2)
    v = torch.size(x_NCHW, 3)
    cell_NCHW = self.conv_2d(x_NCHW, w, torch.repeat(b, [4]), 1, 1, packed)
    cell_NHW22C = torch.unflatten(torch.permute(cell_NCHW, [0, 2, 3, 1]), 3, [2, 2, c])
    y_NH2W2C = torch.new_empty(x_NCHW, [n, h, 2, v, 2, c])
    for row in range(2):
      for column in range(2):
        place = torch.select(torch.select(cell_NHW22C, 3, row), 3, column)
        place = torch.slice(torch.slice(place, 1, row, row + h), 2, column, column + v)
        y = torch.copy_(torch.select(torch.select(y_NH2W2C, 2, row), 3, column), place)
    y_NCHW = torch.permute(torch.reshape(y_NH2W2C, [n, 2 * h, 2 * v, c]), [0, 3, 1, 2])
  else:
    y_NCHW = self.conv_2d(torch.upsample_nearest2d(x_NCHW, None, [2.0, 2.0]), w, b, 1, 1, packed)
  return y_NCHW

# Pixels in [-1, 1] to features at an eighth of the size. The published net's own output layers are skipped.
def spatial_encoder(self, pixel_NCHW: Tensor, p: List[Tensor], layers: int, packed: bool) -> Tensor:
  if packed:
    pixel_NCHW = torch.contiguous(pixel_NCHW, memory_format=2)
  x_NCHW = self.conv_2d(pixel_NCHW, p[0], p[1], 1, 1, packed)
  at = 2
  for level in range(4):
    for block in range(layers):
      x_NCHW, at = self.resnet_2d(x_NCHW, p, at, packed)
    if level < 3:
      # Padded on the far side only.
      x_NCHW = self.conv_2d(torch.constant_pad_nd(x_NCHW, [0, 1, 0, 1], 0), p[at], p[at + 1], 2, 0, packed)
      at = at + 2
  x_NCHW, at = self.mid_block_2d(x_NCHW, p, at, packed)
  return torch.mul(x_NCHW, 0.18215)

# Features to pixels. The published net's own input layer is skipped.
def spatial_decoder(self, feature_NCHW: Tensor, p: List[Tensor], layers: int, packed: bool) -> Tensor:
  if packed:
    feature_NCHW = torch.contiguous(feature_NCHW, memory_format=2)
  x_NCHW, at = self.mid_block_2d(torch.div(feature_NCHW, 0.18215), p, 0, packed)
  for level in range(4):
    for block in range(layers + 1):
      x_NCHW, at = self.resnet_2d(x_NCHW, p, at, packed)
    if level < 3:
      x_NCHW = self.upsampler(x_NCHW, p[at], p[at + 1], packed)
      at = at + 2
  x_NCHW = self.norm(x_NCHW, p[at], p[at + 1], 1e-06, "swish", packed)
  return self.conv_2d(x_NCHW, p[at + 2], p[at + 3], 1, 1, packed)

# ---- 3D nets: GroupNorm of 32 groups with epsilon 1e-5; a stride-1 convolution sees one frame on each side ----

def resnet_3d(self, x_NCFHW: Tensor, p: List[Tensor], at: int, packed: bool) -> Tuple[Tensor, int]:
  h_NCFHW = self.norm(x_NCFHW, p[at], p[at + 1], 1e-05, "swish", packed)
  h_NCFHW = self.conv_3d(h_NCFHW, p[at + 2], None, 1, packed)
  if torch.size(x_NCFHW, 1) != torch.size(h_NCFHW, 1):
    x_NCFHW = self.conv_3d(x_NCFHW, p[at + 6], None, 0, packed)
    skipped = 7
  else:
    skipped = 6
  h_NCFHW = self.norm(h_NCFHW, p[at + 3], p[at + 4], 1e-05, "swish", packed)
  return (self.joined(x_NCFHW, h_NCFHW, p[at + 5], None, packed), at + skipped)

# A convolution of stride 2 in time: one frame of padding behind and none before.
def time_halved(self, x_NCFHW: Tensor, w: Tensor, b: Tensor, packed: bool) -> Tensor:
  x_NCFHW = torch.constant_pad_nd(x_NCFHW, [0, 0, 0, 0, 0, 1], 0)
  if packed:
    y = ops.mkldnn._convolution_pointwise(x_NCFHW, w, b, [0, 1, 1], [2, 1, 1], [1, 1, 1], 1, "none", [], None)
  else:
    y = torch.conv3d(x_NCFHW, w, b, [2, 1, 1], [0, 1, 1])
  return y

# Chunks of 8 feature frames to the moments (mean, then log-variance) of one latent each.
def temporal_encoder(self, feature_NCFHW: Tensor, p: List[Tensor], packed: bool) -> Tensor:
  if packed:
    feature_NCFHW = torch.contiguous(feature_NCFHW, memory_format=3)
  x_NCFHW = self.conv_3d(feature_NCFHW, p[0], None, 1, packed)
  at = 1
  for level in range(4):
    for block in range(4):
      x_NCFHW, at = self.resnet_3d(x_NCFHW, p, at, packed)
    if level < 3:
      x_NCFHW = self.time_halved(x_NCFHW, p[at], p[at + 1], packed)
      at = at + 2
  for block in range(4):
    x_NCFHW, at = self.resnet_3d(x_NCFHW, p, at, packed)
  x_NCFHW = self.norm(x_NCFHW, p[at], p[at + 1], 1e-05, "swish", packed)
  x_NCFHW = self.conv_3d(x_NCFHW, p[at + 2], p[at + 3], 0, packed)
  return self.conv_3d(x_NCFHW, p[at + 4], p[at + 5], 0, packed)

# Doubles time by splitting the channels into (C, 2) with the second axis becoming the fast index in time.
def channel_to_time(self, x_NCFHW: Tensor, packed: bool) -> Tensor:
  n = torch.size(x_NCFHW, 0)
  c = torch.size(x_NCFHW, 1) // 2
  f = torch.size(x_NCFHW, 2)
  h = torch.size(x_NCFHW, 3)
  w = torch.size(x_NCFHW, 4)
  if packed:
    # The weights' rows are (2, C) by now; features are channels-last before and after.
    split = torch.reshape(torch.permute(x_NCFHW, [0, 2, 3, 4, 1]), [n, f, h, w, 2, c])
    joined = torch.reshape(torch.permute(split, [0, 1, 4, 2, 3, 5]), [n, 2 * f, h, w, c])
    y = torch.permute(joined, [0, 4, 1, 2, 3])
  else:
    split = torch.permute(torch.reshape(x_NCFHW, [n, c, 2, f, h, w]), [0, 1, 3, 2, 4, 5])
    y = torch.reshape(split, [n, c, 2 * f, h, w])
  return y

# A window of latents (not normalised) to 8 feature frames a latent.
def temporal_decoder(self, latent_NCFHW: Tensor, p: List[Tensor], packed: bool) -> Tensor:
  if packed:
    latent_NCFHW = torch.contiguous(latent_NCFHW, memory_format=3)
  x_NCFHW = self.conv_3d(latent_NCFHW, p[0], p[1], 0, packed)
  x_NCFHW = self.conv_3d(x_NCFHW, p[2], p[3], 1, packed)
  at = 4
  for block in range(4):
    x_NCFHW, at = self.resnet_3d(x_NCFHW, p, at, packed)
  x_NCFHW = torch.upsample_nearest3d(x_NCFHW, None, [2.0, 1.0, 1.0])
  x_NCFHW, at = self.resnet_3d(x_NCFHW, p, at, packed)
  for level in range(4):
    for block in range(4):
      x_NCFHW, at = self.resnet_3d(x_NCFHW, p, at, packed)
    if level < 2:
      x_NCFHW = self.channel_to_time(self.conv_3d(x_NCFHW, p[at], p[at + 1], 1, packed), packed)
      at = at + 2
  x_NCFHW = self.norm(x_NCFHW, p[at], p[at + 1], 1e-05, "swish", packed)
  return self.conv_3d(x_NCFHW, p[at + 2], p[at + 3], 1, packed)

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
