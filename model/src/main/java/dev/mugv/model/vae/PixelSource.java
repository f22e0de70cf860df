package dev.mugv.model.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/** A video as pixels in [-1, 1], handed out a few frames at a time so that a long one need not be a tensor as a whole. */
public interface PixelSource {
    /** Frames of the video. */
    int frames();

    /**
     * Some frames.
     *
     * @param scope owns the result
     * @param from first frame
     * @param to exclusive
     * @return pixel_BCFHW with F = to - from and C = red, green, blue
     */
    NDArray pixels(NDManager scope, int from, int to);

    /** The frames of a tensor pixel_BCFHW. */
    static PixelSource of(NDArray pixel_BCFHW) {
        Shape shape = pixel_BCFHW.getShape();
        if (shape.dimension() != 5 || shape.get(1) != 3) {
            throw new IllegalArgumentException("expected pixels of shape (B, 3, F, H, W), found " + shape);
        }
        return new PixelSource() {
            @Override
            public int frames() {
                return Math.toIntExact(shape.get(2));
            }

            @Override
            public NDArray pixels(NDManager scope, int from, int to) {
                NDArray piece = pixel_BCFHW.get(new NDIndex(":,:,{}:{}", from, to));
                piece.attach(scope);
                return piece;
            }
        };
    }
}
