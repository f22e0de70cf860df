package dev.mugv.model.format;

/**
 * What a container says about its video stream before anything is decoded; frames are upright (rotation applied).
 *
 * @param container short name of the container, for example {@code mov,mp4}
 * @param codec for example {@code h264}
 * @param width pixels of an upright frame
 * @param height pixels of an upright frame
 * @param pixelAspect width of one pixel over its height, 1 for square pixels
 * @param rotation clockwise degrees applied to coded frames to make them upright: 0, 90, 180 or 270
 * @param fps average frames a second
 * @param seconds duration, 0 when the container does not say
 * @param declaredFrames number of frames by the container's count, 0 when it does not say
 * @param pixelFormat for example {@code yuv420p}
 */
public record VideoProperties(
        String container,
        String codec,
        int width,
        int height,
        double pixelAspect,
        int rotation,
        double fps,
        double seconds,
        long declaredFrames,
        String pixelFormat) {}
