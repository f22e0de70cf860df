# A network with random weights over time and space, as TorchScript.

# Mean and deviation of the last layer's channels over all places: [B, 2 * channels].
def features(self, video_BCFHW: Tensor, w: List[Tensor]) -> Tensor:
  x = video_BCFHW - 0.5
  x = torch.relu(torch.conv3d(x, w[0], None, [1, 2, 2], [1, 1, 1]))
  x = torch.relu(torch.conv3d(x, w[1], None, [1, 2, 2], [1, 1, 1]))
  x = torch.conv3d(x, w[2], None, [1, 2, 2], [1, 1, 1])
  return torch.cat([torch.mean(x, [2, 3, 4]), torch.std(x, [2, 3, 4], False)], 1)
