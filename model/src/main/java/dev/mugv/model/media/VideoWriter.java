package dev.mugv.model.media;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Writes an MP4 file that browsers play: H.264 (OpenH264), 4:2:0, index in front. Equal frames give equal bytes.
 *
 * <p>The file is complete only after {@link #close()}.
 */
public final class VideoWriter implements AutoCloseable {
    /** Bits a pixel of the target rate: near the best quality OpenH264 gives on small pictures. */
    private static final double BITS_PER_PIXEL = 0.5;

    private static final long LEAST_BITS_PER_SECOND = 400_000;
    private static final int FPS_DENOMINATOR = 1000;

    private final Path file;
    private final FrameSize size;
    private final AVFormatContext format;
    private final AVCodecContext codec;
    private final AVStream stream;
    private final AVFrame picture = avutil.av_frame_alloc();
    private final AVPacket packet = avcodec.av_packet_alloc();
    private final SwsContext toYuv;
    private final BytePointer rgb;
    private final PointerPointer<BytePointer> rgbPlanes = new PointerPointer<>(4);
    private final IntPointer rgbStrides = new IntPointer(4);
    private long written;

    private VideoWriter(Path file, FrameSize size, double fps) {
        this.file = file;
        this.size = size;
        MediaLibrary.load();
        format = new AVFormatContext(null);
        require(
                avformat.avformat_alloc_output_context2(format, null, "mp4", MediaLibrary.url(file)),
                "prepare the container");
        // Bit-exact: no version text and no clock in the file.
        format.flags(format.flags() | AVFormatContext.AVFMT_FLAG_BITEXACT);
        AVCodec encoder = avcodec.avcodec_find_encoder_by_name("libopenh264");
        if (encoder == null || encoder.isNull()) {
            throw new IllegalStateException("this build of FFmpeg has no libopenh264");
        }
        stream = avformat.avformat_new_stream(format, encoder);
        codec = openEncoder(encoder, fps);
        avcodec.avcodec_parameters_from_context(stream.codecpar(), codec);
        stream.time_base(codec.time_base());
        stream.avg_frame_rate(codec.framerate());
        openFile();
        picture.format(avutil.AV_PIX_FMT_YUV420P);
        picture.width(size.width());
        picture.height(size.height());
        require(avutil.av_frame_get_buffer(picture, 0), "allocate a picture");
        toYuv = converter();
        rgb = new BytePointer(3L * size.width() * size.height() + 64);
        for (int plane = 0; plane < 4; plane++) {
            rgbPlanes.put(plane, plane == 0 ? rgb : null);
            rgbStrides.put(plane, plane == 0 ? 3 * size.width() : 0);
        }
    }

    /**
     * Starts a file.
     *
     * @param size even width and height, at least 16
     * @param fps frames a second, to a thousandth
     */
    public static VideoWriter open(Path file, FrameSize size, double fps) {
        if (size.width() % 2 != 0 || size.height() % 2 != 0 || size.width() < 16 || size.height() < 16) {
            throw new IllegalArgumentException("size: expected even numbers of at least 16, found " + size);
        }
        if (!(fps >= 0.1 && fps <= 240)) {
            throw new IllegalArgumentException("fps: expected 0.1 to 240, found " + fps);
        }
        return new VideoWriter(file, size, fps);
    }

    /** Writes a whole file from frames of one size. */
    public static void write(Path file, List<RgbFrame> frames, double fps) {
        if (frames.isEmpty()) {
            throw new IllegalArgumentException("frames: expected at least one, found none");
        }
        FrameSize size = new FrameSize(frames.get(0).width(), frames.get(0).height());
        try (VideoWriter writer = open(file, size, fps)) {
            frames.forEach(writer::add);
        }
    }

    private AVCodecContext openEncoder(AVCodec encoder, double fps) {
        AVCodecContext context = avcodec.avcodec_alloc_context3(encoder);
        AVRational rate =
                new AVRational().num((int) Math.round(fps * FPS_DENOMINATOR)).den(FPS_DENOMINATOR);
        context.width(size.width());
        context.height(size.height());
        context.framerate(rate);
        context.time_base(new AVRational().num(rate.den()).den(rate.num()));
        context.pix_fmt(avutil.AV_PIX_FMT_YUV420P);
        context.colorspace(avutil.AVCOL_SPC_BT709);
        context.color_primaries(avutil.AVCOL_PRI_BT709);
        context.color_trc(avutil.AVCOL_TRC_BT709);
        context.color_range(avutil.AVCOL_RANGE_MPEG);
        long rateByArea = Math.round(BITS_PER_PIXEL * size.width() * size.height() * fps);
        context.bit_rate(Math.max(LEAST_BITS_PER_SECOND, rateByArea));
        context.gop_size((int) Math.max(1, Math.round(fps * 2)));
        // One thread: slices by thread would make the bytes depend on the machine.
        context.thread_count(1);
        if ((format.oformat().flags() & avformat.AVFMT_GLOBALHEADER) != 0) {
            context.flags(context.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
        }
        context.flags(context.flags() | avcodec.AV_CODEC_FLAG_BITEXACT);
        AVDictionary options = new AVDictionary(null);
        avutil.av_dict_set(options, "allow_skip_frames", "0", 0);
        int opened = avcodec.avcodec_open2(context, encoder, options);
        avutil.av_dict_free(options);
        require(opened, "open the encoder");
        return context;
    }

    private void openFile() {
        AVIOContext output = new AVIOContext(null);
        require(avformat.avio_open(output, MediaLibrary.url(file), avformat.AVIO_FLAG_WRITE), "open the file");
        format.pb(output);
        AVDictionary options = new AVDictionary(null);
        avutil.av_dict_set(options, "movflags", "+faststart", 0);
        int started = avformat.avformat_write_header(format, options);
        avutil.av_dict_free(options);
        require(started, "write the header");
    }

    private SwsContext converter() {
        int filter = swscale.SWS_BICUBIC | swscale.SWS_ACCURATE_RND | swscale.SWS_FULL_CHR_H_INP | swscale.SWS_BITEXACT;
        SwsContext made = swscale.sws_getContext(
                size.width(),
                size.height(),
                avutil.AV_PIX_FMT_RGB24,
                size.width(),
                size.height(),
                avutil.AV_PIX_FMT_YUV420P,
                filter,
                null,
                null,
                (DoublePointer) null);
        IntPointer matrix = swscale.sws_getCoefficients(swscale.SWS_CS_ITU709);
        swscale.sws_setColorspaceDetails(made, matrix, 1, matrix, 0, 0, 1 << 16, 1 << 16);
        return made;
    }

    /** Appends a frame of this writer's size. */
    public void add(RgbFrame frame) {
        if (frame.width() != size.width() || frame.height() != size.height()) {
            throw new IllegalArgumentException(
                    "frame: expected %s, found %dx%d".formatted(size, frame.width(), frame.height()));
        }
        rgb.put(frame.pixels());
        require(avutil.av_frame_make_writable(picture), "allocate a picture");
        swscale.sws_scale(toYuv, rgbPlanes, rgbStrides, 0, size.height(), picture.data(), picture.linesize());
        picture.pts(written++);
        require(avcodec.avcodec_send_frame(codec, picture), "encode a frame");
        writePackets();
    }

    private void writePackets() {
        while (avcodec.avcodec_receive_packet(codec, packet) == 0) {
            packet.stream_index(stream.index());
            packet.duration(1);
            avcodec.av_packet_rescale_ts(packet, codec.time_base(), stream.time_base());
            require(avformat.av_interleaved_write_frame(format, packet), "write a frame");
        }
    }

    private void require(int result, String what) {
        if (result < 0) {
            throw new WorkFailure(
                    FailureKind.RESOURCE_EXHAUSTED,
                    "Cannot write video '%s': could not %s (%s). Check free space and permissions of its folder."
                            .formatted(file, what, MediaLibrary.message(result)));
        }
    }

    /** Completes the file. */
    @Override
    public void close() {
        try {
            avcodec.avcodec_send_frame(codec, (AVFrame) null);
            writePackets();
            require(avformat.av_write_trailer(format), "complete the file");
        } finally {
            avformat.avio_closep(format.pb());
            swscale.sws_freeContext(toYuv);
            avutil.av_frame_free(picture);
            avcodec.av_packet_free(packet);
            avcodec.avcodec_free_context(codec);
            avformat.avformat_free_context(format);
            rgb.close();
        }
    }
}
