package dev.mugv.model.curation.planted;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.curation.PictureDistance;
import dev.mugv.model.format.CheckFiltersOrder.Settings;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.media.ClipFrames;
import dev.mugv.model.media.RgbFrame;
import java.util.ArrayList;
import java.util.List;

/** Chooses clips that show different things, and reads them at the size of the planted set. */
final class CleanClips {
    /** Two seconds, in which every measure has several samples. */
    private static final double SECONDS = 2;

    private static final double LEAST_SECONDS = 1;

    /** Frames that a shot of a film has before it comes back over itself. */
    private static final int LEAST_FRAMES = 16;

    /** Share of differing bits of two pictures' fingerprints from which they show different things. */
    private static final double DIFFERENT = 0.25;

    private CleanClips() {}

    /** The first candidates, as many as the settings ask for, that are long enough and resemble none before them. */
    static List<CleanClip> choose(List<ClipSource> candidates, Settings settings) {
        List<CleanClip> chosen = new ArrayList<>();
        for (ClipSource candidate : candidates) {
            if (chosen.size() < settings.clips() && isLongEnough(candidate)) {
                CleanClip clip = read(candidate, settings);
                if (chosen.stream().noneMatch(other -> resemble(clip, other))) {
                    chosen.add(clip);
                }
            }
        }
        return chosen;
    }

    private static boolean isLongEnough(ClipSource clip) {
        int frames = clip.frames() / 8 * 8;
        return frames >= LEAST_FRAMES && frames >= LEAST_SECONDS * clip.fps();
    }

    private static CleanClip read(ClipSource source, Settings settings) {
        int wanted = Math.max(LEAST_FRAMES, (int) Math.round(SECONDS * source.fps()));
        int frames = Math.min(wanted, source.frames()) / 8 * 8;
        VideoShape shape = new VideoShape(settings.width(), settings.height(), frames, source.fps());
        return new CleanClip(source.clipId(), source.fps(), ClipFrames.read(source, shape));
    }

    private static boolean resemble(CleanClip one, CleanClip other) {
        return PictureDistance.between(middle(one), middle(other)) < DIFFERENT;
    }

    private static RgbFrame middle(CleanClip clip) {
        return clip.frames().get(clip.frames().size() / 2);
    }
}
