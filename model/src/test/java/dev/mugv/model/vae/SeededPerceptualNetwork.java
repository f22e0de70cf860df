package dev.mugv.model.vae;

import dev.mugv.model.tensor.ScriptArchive;
import java.nio.file.Path;

/** A small network in the place of LPIPS: one layer of given weights, and the squared distance of what it makes of two pictures. */
public final class SeededPerceptualNetwork {
    private static final String SOURCE = """
        def features(self, x_NCHW: Tensor) -> Tensor:
          w = torch.reshape(torch.sin(torch.mul(torch.arange(216), 0.7)), [8, 3, 3, 3])
          return torch.tanh(torch.conv2d(x_NCHW, w, None, [2, 2], [1, 1]))

        def forward(self, one_NCHW: Tensor, other_NCHW: Tensor) -> Tensor:
          apart = torch.sub(self.features(one_NCHW), self.features(other_NCHW))
          return torch.mean(torch.mul(apart, apart), [1, 2, 3], True)
        """;

    private SeededPerceptualNetwork() {}

    /** Writes it as a TorchScript file. */
    public static Path write(Path file) {
        new ScriptArchive("perceptual", SOURCE).write(file);
        return file;
    }
}
