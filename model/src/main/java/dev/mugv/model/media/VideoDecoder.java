package dev.mugv.model.media;

import dev.mugv.model.format.DecodeFaults;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/** Packets in, pictures out in presentation order; counts what is damaged. */
final class VideoDecoder implements AutoCloseable {
    private static final int AGAIN = MediaLibrary.again();
    private static final int DAMAGE = AVFrame.FF_DECODE_ERROR_INVALID_BITSTREAM
            | AVFrame.FF_DECODE_ERROR_MISSING_REFERENCE
            | AVFrame.FF_DECODE_ERROR_CONCEALMENT_ACTIVE
            | AVFrame.FF_DECODE_ERROR_DECODE_SLICES;

    /** Read errors in a row after which the file is taken to end here. */
    private static final int READ_ERRORS_IN_A_ROW = 16;

    private final MediaInput input;
    private final AVCodecContext codec;
    private final AVPacket packet = avcodec.av_packet_alloc();
    private final AVFrame frame = avutil.av_frame_alloc();
    private final long errorsBefore = MediaLibrary.reportedErrors();
    private boolean drained;
    private boolean truncated;
    private int sentPackets;
    private int decodedFrames;
    private int damagedPackets;
    private int damagedFrames;

    private VideoDecoder(MediaInput input, AVCodecContext codec) {
        this.input = input;
        this.codec = codec;
    }

    static VideoDecoder open(Path video, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: expected at least 1, found " + threads);
        }
        MediaInput input = MediaInput.open(video);
        try {
            return new VideoDecoder(input, openCodec(input, threads));
        } catch (WorkFailure e) {
            input.close();
            throw e;
        }
    }

    private static AVCodecContext openCodec(MediaInput input, int threads) {
        AVCodec decoder = avcodec.avcodec_find_decoder(input.stream().codecpar().codec_id());
        if (decoder == null || decoder.isNull()) {
            throw undecodable(input, "no decoder for " + input.properties().codec());
        }
        AVCodecContext codec = avcodec.avcodec_alloc_context3(decoder);
        avcodec.avcodec_parameters_to_context(codec, input.stream().codecpar());
        codec.pkt_timebase(input.stream().time_base());
        codec.thread_count(threads);
        int opened = avcodec.avcodec_open2(codec, decoder, (AVDictionary) null);
        if (opened < 0) {
            avcodec.avcodec_free_context(codec);
            throw undecodable(input, MediaLibrary.message(opened));
        }
        return codec;
    }

    private static WorkFailure undecodable(MediaInput input, String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot decode video '%s': %s. Remove the file or convert it to H.264.".formatted(input.file(), fact));
    }

    MediaInput input() {
        return input;
    }

    /** The current picture; its content is replaced by the next call. */
    AVFrame frame() {
        return frame;
    }

    DecodeFaults faults() {
        return new DecodeFaults(
                damagedPackets,
                damagedFrames,
                lostFrames(),
                (int) (MediaLibrary.reportedErrors() - errorsBefore),
                truncated);
    }

    /**
     * Pictures that went in and never came out, known once the video has ended. FFmpeg's H.264 decoder drops what it
     * cannot use without an error, so only the count tells.
     */
    private int lostFrames() {
        boolean onePictureAPacket =
                codec.codec_id() == avcodec.AV_CODEC_ID_H264 || codec.codec_id() == avcodec.AV_CODEC_ID_HEVC;
        // Interlaced streams may hold a field a packet: twice as many packets as frames.
        boolean fields = sentPackets >= 2 * (decodedFrames - 1);
        return drained && onePictureAPacket && !fields ? Math.max(0, sentPackets - decodedFrames) : 0;
    }

    static boolean isDamaged(AVFrame frame) {
        return (frame.decode_error_flags() & DAMAGE) != 0 || (frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0;
    }

    /**
     * Seeks to the key frame with this presentation time and decodes it.
     *
     * @return false when the decoder does not put out a frame with exactly this time; the position is then undefined
     */
    boolean seekTo(long timestamp) {
        int sought = avformat.av_seek_frame(
                input.format(), input.stream().index(), timestamp, avformat.AVSEEK_FLAG_BACKWARD);
        if (sought < 0) {
            return false;
        }
        avcodec.avcodec_flush_buffers(codec);
        while (decodeNext()) {
            long found = frame.pts();
            if (found == avutil.AV_NOPTS_VALUE || found >= timestamp) {
                return found == timestamp;
            }
        }
        return false;
    }

    /** Decodes the next picture; false at the end. */
    boolean decodeNext() {
        while (true) {
            int received = avcodec.avcodec_receive_frame(codec, frame);
            if (received == 0) {
                decodedFrames++;
                if (isDamaged(frame)) {
                    damagedFrames++;
                }
                return true;
            }
            if (received == avutil.AVERROR_EOF) {
                return false;
            }
            if (received != AGAIN) {
                damagedPackets++;
            } else if (!feed()) {
                return false;
            }
        }
    }

    /** Gives the decoder one more packet, or the end of the stream once; false when there is nothing left to give. */
    private boolean feed() {
        if (drained) {
            return false;
        }
        int errors = 0;
        while (true) {
            int read = avformat.av_read_frame(input.format(), packet);
            if (read < 0 && read != avutil.AVERROR_EOF && ++errors < READ_ERRORS_IN_A_ROW) {
                damagedPackets++;
                continue;
            }
            if (read < 0) {
                truncated |= read != avutil.AVERROR_EOF;
                drained = true;
                avcodec.avcodec_send_packet(codec, (AVPacket) null);
                return true;
            }
            if (packet.stream_index() == input.stream().index()) {
                send();
                return true;
            }
            avcodec.av_packet_unref(packet);
        }
    }

    private void send() {
        if (packet.size() == 0) {
            // A repeated frame in some containers; the decoder would take it for the end of the stream.
            avcodec.av_packet_unref(packet);
            return;
        }
        int sent = avcodec.avcodec_send_packet(codec, packet);
        if (sent < 0 && sent != AGAIN) {
            damagedPackets++;
        } else if ((packet.flags() & avcodec.AV_PKT_FLAG_DISCARD) == 0) {
            sentPackets++;
        }
        avcodec.av_packet_unref(packet);
    }

    @Override
    public void close() {
        avutil.av_frame_free(frame);
        avcodec.av_packet_free(packet);
        avcodec.avcodec_free_context(codec);
        input.close();
    }
}
