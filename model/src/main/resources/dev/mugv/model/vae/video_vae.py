# The VideoVAE's four nets, their posterior and their training loss (mugv.md, sections 2.2 to 2.6), in TorchScript.
#
# Every net takes its weights as one list `p` in the order of execution (Java: VaeParameters) and consumes it from the
# front: a residual block returns its output and the index of the next weight. Widths are read off the weights.
#
# A net runs in one of two ways. With an empty list `side` it takes the weights as they are trained and may be recorded for
# a backward pass. Otherwise `p` and `side` are what pack_* made of them: features are one sample in channels-last memory, and
# what nobody else looks at is written in place; for use without gradients only.
#
# Packed, sums are short, because fp32 rounding grows with a sum's length and oneDNN adds up all taps and channels of a place
# one by one: a wide convolution is the sum of three, one for each tap of its first axis (height or time). `p` holds the
# middle tap, `side` the taps before and behind of weight i at 2i and 2i+1; both are empty where `p` holds all of it.
#
# Axes: N frames or chunks, C channels, F frames or latents in time, H x W height x width.

# ---- packed weights: oneDNN's own layout for channels-last features, so that no call has to rearrange them ----

# The picture's size is a hint only: the layouts that oneDNN prefers do not change with it.
def laid_out_2d(self, w_OIHW: Tensor) -> Tensor:
  i = torch.size(w_OIHW, 1)
  pad = [torch.size(w_OIHW, 2) // 2, torch.size(w_OIHW, 3) // 2]
  return torch.mkldnn_reorder_conv2d_weight(torch.to_mkldnn(w_OIHW), pad, [1, 1], [1, 1], 1, [1, i, 32, 32])

def laid_out_3d(self, w_OIFHW: Tensor) -> Tensor:
  i = torch.size(w_OIFHW, 1)
  pad = [0, torch.size(w_OIFHW, 3) // 2, torch.size(w_OIFHW, 4) // 2]
  return torch.mkldnn_reorder_conv3d_weight(torch.to_mkldnn(w_OIFHW), pad, [1, 1, 1], [1, 1, 1], 1, [1, i, 8, 32, 32])

# A weight that is used as a whole.
def pack_whole(self, w_OIHW: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  none = torch.new_empty(w_OIHW, [0])
  return (self.laid_out_2d(w_OIHW), none, none)

# Parted where adding the parts up costs little beside the products.
def pack_2d(self, w_OIHW: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  if torch.size(w_OIHW, 2) == 3 and torch.size(w_OIHW, 1) >= 256:
    before, at, behind = torch.split(w_OIHW, 1, 2)
    parts = (self.laid_out_2d(at), self.laid_out_2d(before), self.laid_out_2d(behind))
  else:
    parts = self.pack_whole(w_OIHW)
  return parts

def pack_3d(self, w_OIFHW: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  if torch.size(w_OIFHW, 2) == 3:
    before, at, behind = torch.split(w_OIFHW, 1, 2)
    parts = (self.laid_out_3d(at), self.laid_out_3d(before), self.laid_out_3d(behind))
  else:
    none = torch.new_empty(w_OIFHW, [0])
    parts = (self.laid_out_3d(w_OIFHW), none, none)
  return parts

# Two taps for three on one axis of a picture that nearest-neighbour doubling made: of the two rows made of a row, the first
# sees that row twice and the one before, the second sees it twice and the one behind.
def doubled_taps(self, w: Tensor, axis: int) -> Tuple[Tensor, Tensor]:
  before, at, behind = torch.unbind(w, axis)
  return (torch.stack([before, torch.add(at, behind)], axis), torch.stack([torch.add(before, at), behind], axis))

# Doubling and the 3x3 convolution behind it in one: four 2x2 convolutions of the small picture, one for each place in a
# 2x2 cell of the large one, as output channels (row, column, O). 16 taps for the 36 of the plain order.
def pack_upsampler(self, w_OIHW: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  upper, lower = self.doubled_taps(w_OIHW, 2)
  upper_left, upper_right = self.doubled_taps(upper, 3)
  lower_left, lower_right = self.doubled_taps(lower, 3)
  return self.pack_whole(torch.cat([upper_left, upper_right, lower_left, lower_right]))

# Output channels (C, 2) become (2, C), so that the two halves that channel_to_time parts are contiguous in memory.
def halves_first(self, w: Tensor) -> Tensor:
  return torch.contiguous(torch.flatten(torch.transpose(torch.unflatten(w, 0, [-1, 2]), 0, 1), 0, 1))

def pack_time_doubler(self, w_OIFHW: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  return self.pack_3d(self.halves_first(w_OIFHW))

# ---- primitives ----

# Writes the sum of y and a convolution with packed weights over y.
def added(self, y_NC: Tensor, x_NC: Tensor, w: Tensor, b: Optional[Tensor], pad: List[int]) -> Tensor:
  one = [1] * (torch.dim(x_NC) - 2)
  return ops.mkldnn._convolution_pointwise_(y_NC, x_NC, w, b, pad, one, one, 1, "add", 1.0, None, [], None)

# Adds the taps before and behind on the first axis, if the weight is parted. Pieces of one sample along that axis are
# contiguous in memory; places without a neighbour are left out instead of padded.
def neighbours_added(self, y_NC: Tensor, x_NC: Tensor, side: List[Tensor], at: int, pad: List[int]) -> Tensor:
  before = side[2 * at]
  n = torch.size(y_NC, 2)
  if torch.numel(before) > 0 and n > 1:
    a = self.added(torch.slice(y_NC, 2, 1, n), torch.slice(x_NC, 2, 0, n - 1), before, None, pad)
    a = self.added(torch.slice(y_NC, 2, 0, n - 1), torch.slice(x_NC, 2, 1, n), side[2 * at + 1], None, pad)
  return y_NC

# A convolution of stride 1 that keeps the size.
def conv_2d(self, x_NCHW: Tensor, p: List[Tensor], side: List[Tensor], at: int, b: Optional[Tensor], k: int) -> Tensor:
  pad = [k // 2, k // 2]
  if len(side) > 0:
    if torch.numel(side[2 * at]) > 0:
      pad = [0, k // 2]
    y = ops.mkldnn._convolution_pointwise(x_NCHW, p[at], b, pad, [1, 1], [1, 1], 1, "none", [], None)
    y = self.neighbours_added(y, x_NCHW, side, at, pad)
  else:
    y = torch.conv2d(x_NCHW, p[at], b, [1, 1], pad)
  return y

def conv_3d(self, x_NCFHW: Tensor, p: List[Tensor], side: List[Tensor], at: int, b: Optional[Tensor], k: int) -> Tensor:
  if len(side) > 0:
    pad = [0, k // 2, k // 2]
    y = ops.mkldnn._convolution_pointwise(x_NCFHW, p[at], b, pad, [1, 1, 1], [1, 1, 1], 1, "none", [], None)
    y = self.neighbours_added(y, x_NCFHW, side, at, pad)
  else:
    y = torch.conv3d(x_NCFHW, p[at], b, [1, 1, 1], [k // 2, k // 2, k // 2])
  return y

# The sum of a shortcut and the 3x3 or 3x3x3 convolution of the block's main branch. Packed, it is written over the shortcut.
def joined(self, x_NC: Tensor, h_NC: Tensor, p: List[Tensor], side: List[Tensor], at: int, b: Optional[Tensor]) -> Tensor:
  if len(side) > 0:
    pad = [1] * (torch.dim(x_NC) - 2)
    if torch.numel(side[2 * at]) > 0:
      pad[0] = 0
    y = self.neighbours_added(self.added(x_NC, h_NC, p[at], b, pad), h_NC, side, at, pad)
  elif torch.dim(x_NC) == 4:
    y = torch.add(x_NC, self.conv_2d(h_NC, p, side, at, b, 3))
  else:
    y = torch.add(x_NC, self.conv_3d(h_NC, p, side, at, b, 3))
  return y

# Each group's mean and variance of one channels-last picture: [1, groups, 1].
def moments_of_groups(self, x_NCHW: Tensor, groups: int) -> Tuple[Tensor, Tensor]:
  w = torch.size(x_NCHW, 3)
  # Of every column of every channel first, then over columns and channels: no sum is longer than the picture is high.
  column_NHc = torch.flatten(torch.permute(x_NCHW, [0, 2, 3, 1]), 2)
  column_NcH1 = torch.unsqueeze(torch.transpose(column_NHc, 1, 2), 3)
  mean_c, variance_c = torch.batch_norm_update_stats(column_NcH1, None, None, 0.0)
  mean_WGC = torch.reshape(mean_c, [w, groups, -1])
  mean_1G1 = torch.mean(mean_WGC, [0, 2], True)
  apart_WGC = torch.sub(mean_WGC, mean_1G1)
  square_WGC = torch.addcmul(torch.reshape(variance_c, [w, groups, -1]), apart_WGC, apart_WGC)
  return (mean_1G1, torch.mean(square_WGC, [0, 2], True))

# GroupNorm of 32 groups and what follows it, `then`: "swish" or "none".
def norm(self, x_NC: Tensor, weight_C: Tensor, bias_C: Tensor, eps: float, then: str, packed: bool) -> Tensor:
  if packed:
    c = torch.size(x_NC, 1)
    x_NCHW = x_NC
    if torch.dim(x_NC) == 5:
      x_NCHW = torch.flatten(x_NC, 2, 3)
    mean_1G1, variance_1G1 = self.moments_of_groups(x_NCHW, 32)
    scale_1GC = torch.mul(torch.reshape(weight_C, [1, 32, -1]), torch.rsqrt(torch.add(variance_1G1, eps)))
    shift_1GC = torch.addcmul(torch.reshape(bias_C, [1, 32, -1]), mean_1G1, scale_1GC, value=-1)
    # A depthwise convolution with one tap is the affine map, and oneDNN applies the activation as it writes.
    scale = torch.reshape(scale_1GC, [c, 1, 1, 1])
    shift_C = torch.flatten(shift_1GC)
    y = ops.mkldnn._convolution_pointwise(x_NCHW, scale, shift_C, [0, 0], [1, 1], [1, 1], c, then, [], None)
    y = torch.view_as(y, x_NC)
  else:
    y = torch.group_norm(x_NC, 32, weight_C, bias_C, eps)
    if then == "swish":
      y = torch.silu(y)
  return y

# ---- 2D nets: the SDXL auto-encoder's geometry, GroupNorm of 32 groups with epsilon 1e-6 ----

def resnet_2d(self, x_NCHW: Tensor, p: List[Tensor], side: List[Tensor], at: int) -> Tuple[Tensor, int]:
  packed = len(side) > 0
  h_NCHW = self.norm(x_NCHW, p[at], p[at + 1], 1e-06, "swish", packed)
  h_NCHW = self.conv_2d(h_NCHW, p, side, at + 2, p[at + 3], 3)
  if torch.size(x_NCHW, 1) != torch.size(h_NCHW, 1):
    x_NCHW = self.conv_2d(x_NCHW, p, side, at + 8, p[at + 9], 1)
    skipped = 10
  else:
    skipped = 8
  h_NCHW = self.norm(h_NCHW, p[at + 4], p[at + 5], 1e-06, "swish", packed)
  return (self.joined(x_NCHW, h_NCHW, p, side, at + 6, p[at + 7]), at + skipped)

def attention_2d(self, x_NCHW: Tensor, p: List[Tensor], side: List[Tensor], at: int) -> Tuple[Tensor, int]:
  c = torch.size(x_NCHW, 1)
  h = torch.size(x_NCHW, 2)
  w = torch.size(x_NCHW, 3)
  # One head as wide as the features; torch's fused attention wants the axes N, heads, tokens, width.
  norm_NCHW = self.norm(x_NCHW, p[at], p[at + 1], 1e-06, "none", len(side) > 0)
  token_NTC = torch.transpose(torch.flatten(norm_NCHW, 2), 1, 2)
  q_NKTC = torch.unsqueeze(torch.linear(token_NTC, p[at + 2], p[at + 3]), 1)
  k_NKTC = torch.unsqueeze(torch.linear(token_NTC, p[at + 4], p[at + 5]), 1)
  v_NKTC = torch.unsqueeze(torch.linear(token_NTC, p[at + 6], p[at + 7]), 1)
  o_NTC = torch.squeeze(torch.scaled_dot_product_attention(q_NKTC, k_NKTC, v_NKTC), 1)
  o_NTC = torch.linear(o_NTC, p[at + 8], p[at + 9])
  o_NCHW = torch.reshape(torch.transpose(o_NTC, 1, 2), [-1, c, h, w])
  return (torch.add(x_NCHW, o_NCHW), at + 10)

def mid_block_2d(self, x_NCHW: Tensor, p: List[Tensor], side: List[Tensor], at: int) -> Tuple[Tensor, int]:
  x_NCHW, at = self.resnet_2d(x_NCHW, p, side, at)
  x_NCHW, at = self.attention_2d(x_NCHW, p, side, at)
  x_NCHW, at = self.resnet_2d(x_NCHW, p, side, at)
  return (x_NCHW, at)

# Nearest-neighbour doubling of height and width, then a 3x3 convolution.
def upsampler(self, x_NCHW: Tensor, w: Tensor, b: Tensor, packed: bool) -> Tensor:
  if packed:
    n = torch.size(x_NCHW, 0)
    c = torch.size(b, 0)
    h = torch.size(x_NCHW, 2)
    v = torch.size(x_NCHW, 3)
    b4 = torch.repeat(b, [4])
    cell_NCHW = ops.mkldnn._convolution_pointwise(x_NCHW, w, b4, [1, 1], [1, 1], [1, 1], 1, "none", [], None)
    cell_NHW22C = torch.unflatten(torch.permute(cell_NCHW, [0, 2, 3, 1]), 3, [2, 2, c])
    y_NH2W2C = torch.new_empty(x_NCHW, [n, h, 2, v, 2, c])
    for row in range(2):
      for column in range(2):
        place = torch.select(torch.select(cell_NHW22C, 3, row), 3, column)
        place = torch.slice(torch.slice(place, 1, row, row + h), 2, column, column + v)
        y = torch.copy_(torch.select(torch.select(y_NH2W2C, 2, row), 3, column), place)
    y_NCHW = torch.permute(torch.reshape(y_NH2W2C, [n, 2 * h, 2 * v, c]), [0, 3, 1, 2])
  else:
    y_NCHW = torch.conv2d(torch.upsample_nearest2d(x_NCHW, None, [2.0, 2.0]), w, b, [1, 1], [1, 1])
  return y_NCHW

# Height and width halved; padded on the far side only.
def downsampler(self, x_NCHW: Tensor, w: Tensor, b: Tensor, packed: bool) -> Tensor:
  x_NCHW = torch.constant_pad_nd(x_NCHW, [0, 1, 0, 1], 0)
  if packed:
    y = ops.mkldnn._convolution_pointwise(x_NCHW, w, b, [0, 0], [2, 2], [1, 1], 1, "none", [], None)
  else:
    y = torch.conv2d(x_NCHW, w, b, [2, 2], [0, 0])
  return y

# Pixels in [-1, 1] to features at an eighth of the size. The published net's own output layers are skipped.
def spatial_encoder(self, pixel_NCHW: Tensor, p: List[Tensor], side: List[Tensor], layers: int) -> Tensor:
  packed = len(side) > 0
  if packed:
    pixel_NCHW = torch.contiguous(pixel_NCHW, memory_format=2)
  x_NCHW = self.conv_2d(pixel_NCHW, p, side, 0, p[1], 3)
  at = 2
  for level in range(4):
    for block in range(layers):
      x_NCHW, at = self.resnet_2d(x_NCHW, p, side, at)
    if level < 3:
      x_NCHW = self.downsampler(x_NCHW, p[at], p[at + 1], packed)
      at = at + 2
  x_NCHW, at = self.mid_block_2d(x_NCHW, p, side, at)
  return torch.mul(x_NCHW, 0.18215)

# Features to what the last layer makes pixels of. The published net's own input layer is skipped.
def spatial_decoder_body(self, feature_NCHW: Tensor, p: List[Tensor], side: List[Tensor], layers: int) -> Tensor:
  packed = len(side) > 0
  if packed:
    feature_NCHW = torch.contiguous(feature_NCHW, memory_format=2)
  x_NCHW, at = self.mid_block_2d(torch.div(feature_NCHW, 0.18215), p, side, 0)
  for level in range(4):
    for block in range(layers + 1):
      x_NCHW, at = self.resnet_2d(x_NCHW, p, side, at)
    if level < 3:
      x_NCHW = self.upsampler(x_NCHW, p[at], p[at + 1], packed)
      at = at + 2
  return self.norm(x_NCHW, p[at], p[at + 1], 1e-06, "swish", packed)

# The last layer, whose weights end the list.
def spatial_decoder_end(self, x_NCHW: Tensor, p: List[Tensor], side: List[Tensor]) -> Tensor:
  return self.conv_2d(x_NCHW, p, side, len(p) - 2, p[len(p) - 1], 3)

# Features to pixels.
def spatial_decoder(self, feature_NCHW: Tensor, p: List[Tensor], side: List[Tensor], layers: int) -> Tensor:
  return self.spatial_decoder_end(self.spatial_decoder_body(feature_NCHW, p, side, layers), p, side)

# ---- 3D nets: GroupNorm of 32 groups with epsilon 1e-5; a stride-1 convolution sees one frame on each side ----

def resnet_3d(self, x_NCFHW: Tensor, p: List[Tensor], side: List[Tensor], at: int) -> Tuple[Tensor, int]:
  packed = len(side) > 0
  h_NCFHW = self.norm(x_NCFHW, p[at], p[at + 1], 1e-05, "swish", packed)
  h_NCFHW = self.conv_3d(h_NCFHW, p, side, at + 2, None, 3)
  if torch.size(x_NCFHW, 1) != torch.size(h_NCFHW, 1):
    x_NCFHW = self.conv_3d(x_NCFHW, p, side, at + 6, None, 1)
    skipped = 7
  else:
    skipped = 6
  h_NCFHW = self.norm(h_NCFHW, p[at + 3], p[at + 4], 1e-05, "swish", packed)
  return (self.joined(x_NCFHW, h_NCFHW, p, side, at + 5, None), at + skipped)

# A convolution of stride 2 in time: one frame of padding behind and none before.
def time_halved(self, x_NCFHW: Tensor, p: List[Tensor], side: List[Tensor], at: int) -> Tensor:
  b = p[at + 1]
  if len(side) > 0:
    pad = [0, 1, 1]
    one = [1, 1, 1]
    even_NCFHW = torch.contiguous(torch.slice(x_NCFHW, 2, 0, None, 2), memory_format=3)
    odd_NCFHW = torch.contiguous(torch.slice(x_NCFHW, 2, 1, None, 2), memory_format=3)
    y = ops.mkldnn._convolution_pointwise(even_NCFHW, side[2 * at], b, pad, one, one, 1, "none", [], None)
    y = self.added(y, odd_NCFHW, p[at], None, pad)
    n = torch.size(y, 2)
    if n > 1:
      a = self.added(torch.slice(y, 2, 0, n - 1), torch.slice(even_NCFHW, 2, 1, n), side[2 * at + 1], None, pad)
  else:
    y = torch.conv3d(torch.constant_pad_nd(x_NCFHW, [0, 0, 0, 0, 0, 1], 0), p[at], b, [2, 1, 1], [0, 1, 1])
  return y

# Chunks of 8 feature frames to the moments (mean, then log-variance) of one latent each.
def temporal_encoder(self, feature_NCFHW: Tensor, p: List[Tensor], side: List[Tensor]) -> Tensor:
  packed = len(side) > 0
  if packed:
    feature_NCFHW = torch.contiguous(feature_NCFHW, memory_format=3)
  x_NCFHW = self.conv_3d(feature_NCFHW, p, side, 0, None, 3)
  at = 1
  for level in range(4):
    for block in range(4):
      x_NCFHW, at = self.resnet_3d(x_NCFHW, p, side, at)
    if level < 3:
      x_NCFHW = self.time_halved(x_NCFHW, p, side, at)
      at = at + 2
  for block in range(4):
    x_NCFHW, at = self.resnet_3d(x_NCFHW, p, side, at)
  x_NCFHW = self.norm(x_NCFHW, p[at], p[at + 1], 1e-05, "swish", packed)
  x_NCFHW = self.conv_3d(x_NCFHW, p, side, at + 2, p[at + 3], 1)
  return self.conv_3d(x_NCFHW, p, side, at + 4, p[at + 5], 1)

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
def temporal_decoder(self, latent_NCFHW: Tensor, p: List[Tensor], side: List[Tensor]) -> Tensor:
  packed = len(side) > 0
  if packed:
    latent_NCFHW = torch.contiguous(latent_NCFHW, memory_format=3)
  x_NCFHW = self.conv_3d(latent_NCFHW, p, side, 0, p[1], 1)
  x_NCFHW = self.conv_3d(x_NCFHW, p, side, 2, p[3], 3)
  at = 4
  for block in range(4):
    x_NCFHW, at = self.resnet_3d(x_NCFHW, p, side, at)
  x_NCFHW = torch.upsample_nearest3d(x_NCFHW, None, [2.0, 1.0, 1.0])
  x_NCFHW, at = self.resnet_3d(x_NCFHW, p, side, at)
  for level in range(4):
    for block in range(4):
      x_NCFHW, at = self.resnet_3d(x_NCFHW, p, side, at)
    if level < 2:
      x_NCFHW = self.channel_to_time(self.conv_3d(x_NCFHW, p, side, at, p[at + 1], 3), packed)
      at = at + 2
  x_NCFHW = self.norm(x_NCFHW, p[at], p[at + 1], 1e-05, "swish", packed)
  return self.conv_3d(x_NCFHW, p, side, at + 2, p[at + 3], 3)

# ---- posterior ----

def mean(self, moment_NCFHW: Tensor) -> Tensor:
  return torch.slice(moment_NCFHW, 1, 0, torch.size(moment_NCFHW, 1) // 2)

def log_variance(self, moment_NCFHW: Tensor) -> Tensor:
  c = torch.size(moment_NCFHW, 1)
  return torch.clamp(torch.slice(moment_NCFHW, 1, c // 2, c), -30.0, 20.0)

def sample(self, moment_NCFHW: Tensor, noise_NCFHW: Tensor) -> Tensor:
  deviation_NCFHW = torch.exp(torch.mul(self.log_variance(moment_NCFHW), 0.5))
  return torch.add(self.mean(moment_NCFHW), torch.mul(deviation_NCFHW, noise_NCFHW))
