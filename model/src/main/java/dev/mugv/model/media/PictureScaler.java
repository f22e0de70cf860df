package dev.mugv.model.media;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * Converts decoded frames to one size and pixel format; prepared anew when the source's size or format changes within a
 * stream. Colours follow the frame's own matrix and range (swscale alone takes every source for BT.601, limited range).
 */
final class PictureScaler implements AutoCloseable {
    /** Height from which a stream that names no colour matrix is taken for BT.709, as players do. */
    private static final int HIGH_DEFINITION_ROWS = 720;

    private static final int UNIT = 1 << 16;
    private static final int PACKED_FILTER = swscale.SWS_BICUBIC
            | swscale.SWS_ACCURATE_RND
            | swscale.SWS_FULL_CHR_H_INT
            | swscale.SWS_FULL_CHR_H_INP
            | swscale.SWS_BITEXACT;

    private final FrameSize size;
    private final int pixelFormat;
    private final int filter;
    private final int planes;
    private final int bytesPerPixel;
    private final BytePointer buffer;
    private final PointerPointer<BytePointer> targetData;
    private final IntPointer targetStrides;
    private final PointerPointer<BytePointer> sourceData = new PointerPointer<>(4);
    private final IntPointer sourceStrides = new IntPointer(4);
    private @Nullable SwsContext context;
    private @Nullable SourceFormat source;

    private PictureScaler(FrameSize size, int pixelFormat, int filter, int planes, int bytesPerPixel) {
        this.size = size;
        this.pixelFormat = pixelFormat;
        this.filter = filter;
        this.planes = planes;
        this.bytesPerPixel = bytesPerPixel;
        long planeBytes = (long) size.width() * size.height();
        // swscale's vector code may write a little past the last row.
        buffer = new BytePointer(planeBytes * planes * bytesPerPixel + 64);
        targetData = new PointerPointer<>(4);
        targetStrides = new IntPointer(4);
        for (int plane = 0; plane < 4; plane++) {
            targetData.put(plane, plane < planes ? buffer.getPointer(plane * planeBytes) : null);
            targetStrides.put(plane, plane < planes ? size.width() * bytesPerPixel : 0);
        }
    }

    /** To packed RGB by a bicubic filter whose support grows with the reduction, so that nothing aliases. */
    static PictureScaler toRgb(FrameSize size) {
        return new PictureScaler(size, avutil.AV_PIX_FMT_RGB24, PACKED_FILTER, 1, 3);
    }

    /** The same with an alpha channel, opaque where the source has none. */
    static PictureScaler toRgba(FrameSize size) {
        return new PictureScaler(size, avutil.AV_PIX_FMT_RGBA, PACKED_FILTER, 1, 4);
    }

    /** To three full planes by area means. */
    static PictureScaler toYuv(FrameSize size) {
        int filter = swscale.SWS_AREA | swscale.SWS_ACCURATE_RND | swscale.SWS_BITEXACT;
        return new PictureScaler(size, avutil.AV_PIX_FMT_YUV444P, filter, 3, 1);
    }

    /** Packed pixels of the whole frame. */
    byte[] packed(AVFrame frame) {
        scale(frame, 1);
        byte[] pixels = new byte[bytesPerPixel * size.width() * size.height()];
        buffer.position(0).get(pixels);
        return pixels;
    }

    /** Three planes, from every {@code rowStep}-th row of the frame. */
    byte[][] planes(AVFrame frame, int rowStep) {
        scale(frame, rowStep);
        byte[][] result = new byte[planes][size.width() * size.height()];
        for (int plane = 0; plane < planes; plane++) {
            buffer.position((long) plane * size.width() * size.height()).get(result[plane]);
        }
        buffer.position(0);
        return result;
    }

    private void scale(AVFrame frame, int rowStep) {
        int rows = rowStep == 1 ? frame.height() : frame.height() / rowStep / 2 * 2;
        SwsContext prepared = prepare(frame, rows);
        if (rowStep == 1) {
            swscale.sws_scale(prepared, frame.data(), frame.linesize(), 0, rows, targetData, targetStrides);
            return;
        }
        for (int plane = 0; plane < 4; plane++) {
            sourceData.put(plane, frame.data(plane));
            sourceStrides.put(plane, frame.linesize(plane) * rowStep);
        }
        swscale.sws_scale(prepared, sourceData, sourceStrides, 0, rows, targetData, targetStrides);
    }

    private SwsContext prepare(AVFrame frame, int rows) {
        SourceFormat format =
                new SourceFormat(frame.width(), rows, frame.format(), frame.colorspace(), frame.color_range());
        SwsContext current = context;
        if (current != null && format.equals(source)) {
            return current;
        }
        releaseContext();
        SwsContext made = swscale.sws_getContext(
                frame.width(),
                rows,
                frame.format(),
                size.width(),
                size.height(),
                pixelFormat,
                filter,
                null,
                null,
                (DoublePointer) null);
        if (made == null || made.isNull()) {
            throw new IllegalStateException("swscale cannot convert pixel format " + frame.format());
        }
        int range = frame.color_range() == avutil.AVCOL_RANGE_JPEG ? 1 : 0;
        int targetRange = planes == 1 ? 1 : range;
        IntPointer matrix = swscale.sws_getCoefficients(matrix(frame));
        swscale.sws_setColorspaceDetails(made, matrix, range, matrix, targetRange, 0, UNIT, UNIT);
        context = made;
        source = format;
        return made;
    }

    private static int matrix(AVFrame frame) {
        int declared = frame.colorspace();
        if (declared == avutil.AVCOL_SPC_UNSPECIFIED) {
            return frame.height() >= HIGH_DEFINITION_ROWS ? swscale.SWS_CS_ITU709 : swscale.SWS_CS_ITU601;
        }
        // FFmpeg numbers the matrices alike in both enumerations (ISO/IEC 23091-2, MatrixCoefficients).
        return declared;
    }

    private void releaseContext() {
        SwsContext current = context;
        if (current != null) {
            swscale.sws_freeContext(current);
            context = null;
        }
    }

    @Override
    public void close() {
        releaseContext();
        buffer.close();
        targetData.close();
        targetStrides.close();
        sourceData.close();
        sourceStrides.close();
    }

    /** What a conversion was prepared for. */
    private record SourceFormat(int width, int rows, int pixelFormat, int matrix, int range) {}
}
