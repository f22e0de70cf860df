package dev.mugv.model.media;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * FFmpeg's libraries, unpacked and loaded once a process.
 *
 * <p>JavaCPP unpacks them to {@code ~/.javacpp/cache}, or to the folder named by the system property
 * {@code org.bytedeco.javacpp.cachedir}. Many workers may start at once on a fresh machine: a file lock lets one unpack
 * while the others wait (JavaCPP locks each file, but links between libraries are made outside of that lock).
 */
final class MediaLibrary {
    private static final int MESSAGE_BYTES = 256;

    private MediaLibrary() {}

    /** Makes sure that the libraries are there; cheap after the first call. */
    static void load() {
        WorkFailure failure = Holder.FAILURE;
        if (failure != null) {
            throw failure;
        }
    }

    /** Text of an FFmpeg error code. */
    static String message(int code) {
        byte[] text = new byte[MESSAGE_BYTES];
        avutil.av_strerror(code, text, text.length);
        int length = 0;
        while (length < text.length && text[length] != 0) {
            length++;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    /** A path as FFmpeg's file protocol takes it, so that no character of a name is read as another protocol. */
    static String url(Path file) {
        return "file:" + file.toAbsolutePath();
    }

    /** The code by which a decoder asks for more packets before it gives frames. */
    static int again() {
        load();
        return org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN();
    }

    /**
     * Errors that FFmpeg has reported in this process. Decoders conceal much damage without an error code or a flag on
     * the frame; only their report tells. It names no stream, so readers that run side by side see each other's.
     */
    static long reportedErrors() {
        load();
        return Holder.ERRORS.count.get();
    }

    /** Called by FFmpeg, from its own threads too. */
    private static final class ErrorCount extends LogCallback {
        private final AtomicLong count = new AtomicLong();

        @Override
        public void call(int level, BytePointer message) {
            count.incrementAndGet();
        }
    }

    /** Class initialisation gives "once"; a failure is kept, so that every caller is told the same. */
    private static final class Holder {
        private static final ErrorCount ERRORS = new ErrorCount();
        private static final @Nullable WorkFailure FAILURE = loadUnderLock();

        private static @Nullable WorkFailure loadUnderLock() {
            try {
                Path lock = Loader.getCacheDir().toPath().resolve("mugv-ffmpeg.lock");
                try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock held = channel.lock()) {
                    Loader.load(avutil.class);
                    Loader.load(swscale.class);
                    Loader.load(avcodec.class);
                    Loader.load(avformat.class);
                    // Instead of lines on stderr, a line for each damaged row of a picture: errors are counted.
                    avutil.av_log_set_level(avutil.AV_LOG_ERROR);
                    avutil.setLogCallback(ERRORS);
                    return held.isValid() ? null : failure(new IOException("lost the lock of " + lock));
                }
            } catch (IOException | UnsatisfiedLinkError e) {
                return failure(e);
            }
        }

        private static WorkFailure failure(Throwable cause) {
            return new WorkFailure(
                    FailureKind.RESOURCE_EXHAUSTED,
                    "Cannot load FFmpeg's libraries: %s. Name a writable folder by -Dorg.bytedeco.javacpp.cachedir=FOLDER."
                            .formatted(cause.getMessage()),
                    cause);
        }
    }
}
