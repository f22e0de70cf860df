package dev.mugv.model.curation;

import dev.mugv.model.format.ClipScores;
import dev.mugv.model.format.CuratedClip;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says in plain words what was measured of a clip; claims nothing about what it shows. */
public final class ClipDescriber {
    private static final double DARK = 0.25;
    private static final double BRIGHT = 0.65;
    private static final double DULL = 12;
    private static final double VIVID = 50;
    /** Answer of the tag model from which its tag holds. */
    private static final double SEEN = 0.5;

    private static final double STILL = 0.3;
    private static final double SLOW = 2;
    private static final double FAST = 7;
    private static final double SOFT = 60;
    private static final double CRISP = 600;

    private static final double WHOLE = 0.6;
    private static final String EVENLY_LIT = "evenly lit";

    /** Part of all motion from which it is the camera's. */
    private static final double MOSTLY = 0.5;

    /** Two or three sentences, for example {@code A bright, colourful 4.2 second shot in blue and white. ...}. */
    public String describe(CuratedClip clip) {
        String colours = clip.colours().isEmpty() ? "many colours" : joined(clip.colours());
        return String.format(
                Locale.ROOT,
                "%s, %s shot of %.1f seconds, mostly in %s. %s The picture is %s.",
                light(clip).equals(EVENLY_LIT) ? "An " + EVENLY_LIT : "A " + light(clip),
                colourfulness(clip),
                clip.seconds(),
                colours,
                motion(clip),
                sharpness(clip));
    }

    private static String light(CuratedClip clip) {
        double exposure = clip.score(ClipScores.EXPOSURE);
        return exposure < DARK ? "dark" : exposure > BRIGHT ? "bright" : EVENLY_LIT;
    }

    private static String colourfulness(CuratedClip clip) {
        double value = clip.score(ClipScores.COLOURFULNESS);
        return value < DULL ? "nearly colourless" : value > VIVID ? "vivid" : "moderately colourful";
    }

    private static String sharpness(CuratedClip clip) {
        double value = clip.score(ClipScores.SHARPNESS);
        return value < SOFT ? "soft" : value > CRISP ? "rich in fine detail" : "clear";
    }

    private static String motion(CuratedClip clip) {
        double motion = clip.score(ClipScores.MOTION);
        if (motion < STILL) {
            return "Hardly anything moves.";
        }
        String speed = motion < SLOW ? "slowly" : motion < FAST ? "steadily" : "fast";
        if (isPan(clip)) {
            return "The camera moves " + speed + " to the " + direction(clip) + ".";
        }
        return isWholePicture(clip)
                ? "Nearly the whole picture moves " + speed + ", its parts in different directions."
                : "A part of the picture moves " + speed + " while the rest is still.";
    }

    private static boolean isWholePicture(CuratedClip clip) {
        return clip.score(ClipScores.MOVING_SHARE) >= WHOLE;
    }

    private static boolean isPan(CuratedClip clip) {
        double pan = Math.hypot(clip.score(ClipScores.PAN_X), clip.score(ClipScores.PAN_Y));
        return pan >= MOSTLY * clip.score(ClipScores.MOTION);
    }

    /** The picture moves against the camera. */
    private static String direction(CuratedClip clip) {
        double x = clip.score(ClipScores.PAN_X);
        double y = clip.score(ClipScores.PAN_Y);
        if (Math.abs(x) >= Math.abs(y)) {
            return x > 0 ? "left" : "right";
        }
        return y > 0 ? "top" : "bottom";
    }

    private static String joined(List<String> words) {
        if (words.size() == 1) {
            return words.get(0);
        }
        return String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.get(words.size() - 1);
    }

    /** Tags of what was measured, for balancing: motion, camera, light, colour. */
    public List<String> tags(CuratedClip clip) {
        double motion = clip.score(ClipScores.MOTION);
        List<String> tags = new ArrayList<>();
        tags.add("motion:" + (motion < STILL ? "none" : motion < SLOW ? "low" : motion < FAST ? "medium" : "high"));
        if (motion >= STILL) {
            tags.add("camera:" + (isPan(clip) || isWholePicture(clip) ? "moving" : "still"));
        }
        clip.scores().forEach((name, value) -> {
            if (name.startsWith(ClipScores.TAG) && value >= SEEN) {
                tags.add("content:" + name.substring(ClipScores.TAG.length()));
            }
        });
        tags.add("light:" + light(clip).replace(EVENLY_LIT, "even"));
        tags.add(
                "colour:" + (clip.colours().isEmpty() ? "mixed" : clip.colours().get(0)));
        return tags;
    }
}
