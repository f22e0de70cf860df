package dev.mugv.model.curation.planted;

import dev.mugv.model.format.Transition;
import dev.mugv.model.media.RgbFrame;
import java.util.ArrayList;
import java.util.List;

/** Shots of clean clips one after the other, with changes whose frames are known. */
final class Films {
    private static final int BLACK = 0;
    private static final int WHITE = 255;

    private Films() {}

    /**
     * A film.
     *
     * @param name what is in it, for example {@code dissolve of 16 frames}
     * @param changes where shots change, in order
     */
    record Film(String name, List<RgbFrame> frames, List<Transition> changes) {}

    /** How one shot becomes the next. */
    private record Change(Transition.Kind kind, int frames, int level, String name) {}

    /** How a set of films is laid out. */
    private record Layout(int shots, int pureFrames) {}

    private static final Layout CUTS = new Layout(9, 30);
    private static final Layout GRADUAL = new Layout(5, 40);

    /** Every film of a set; {@code clips} are at least two. */
    static List<Film> of(List<CleanClip> clips) {
        List<Film> films = new ArrayList<>();
        for (int first = 0; first < clips.size(); first++) {
            films.add(uncut(clips.get(first)));
        }
        films.add(film(clips, CUTS, new Change(Transition.Kind.HARD_CUT, 0, 0, "hard cut")));
        for (int frames : new int[] {8, 16, 32}) {
            films.add(film(
                    clips,
                    GRADUAL,
                    new Change(Transition.Kind.DISSOLVE, frames, 0, "dissolve of " + frames + " frames")));
        }
        for (int frames : new int[] {6, 12, 24}) {
            films.add(film(clips, GRADUAL, fade(frames, BLACK, "black")));
        }
        films.add(film(clips, GRADUAL, fade(12, WHITE, "white")));
        return films;
    }

    private static Change fade(int frames, int level, String by) {
        return new Change(Transition.Kind.FADE, frames, level, "fade by %s, %d frames each way".formatted(by, frames));
    }

    /** One shot: whatever is found in it is wrong. */
    private static Film uncut(CleanClip clip) {
        List<RgbFrame> frames = new ArrayList<>();
        for (int at = 0; at < 2 * clip.frames().size(); at++) {
            frames.add(clip.frame(at));
        }
        return new Film("no change", frames, List.of());
    }

    private static Film film(List<CleanClip> clips, Layout layout, Change change) {
        Splice splice = new Splice(change);
        for (int shot = 0; shot < layout.shots(); shot++) {
            splice.shot(clips.get(shot % clips.size()), layout.pureFrames());
            if (shot + 1 < layout.shots()) {
                splice.change(clips.get((shot + 1) % clips.size()));
            }
        }
        return new Film(change.name(), splice.frames, splice.changes);
    }

    /** A film while it is made; every shot goes on moving through its changes. */
    private static final class Splice {
        private final Change change;
        private final List<RgbFrame> frames = new ArrayList<>();
        private final List<Transition> changes = new ArrayList<>();
        private CleanClip shown;
        private int next;

        Splice(Change change) {
            this.change = change;
            this.shown = new CleanClip("", 1, List.of());
        }

        void shot(CleanClip clip, int count) {
            shown = clip;
            for (int at = 0; at < count; at++) {
                frames.add(clip.frame(next++));
            }
        }

        void change(CleanClip to) {
            int first = frames.size();
            int after = 0;
            switch (change.kind()) {
                case HARD_CUT -> changes.add(new Transition(Transition.Kind.HARD_CUT, first, first, first));
                case DISSOLVE -> after = dissolve(to, first);
                case FADE -> after = fade(to, first);
            }
            next = after;
        }

        private int dissolve(CleanClip to, int first) {
            int length = change.frames();
            for (int at = 0; at < length; at++) {
                frames.add(Pictures.mixed(shown.frame(next++), to.frame(at), (at + 1.0) / (length + 1)));
            }
            changes.add(new Transition(Transition.Kind.DISSOLVE, first, first + length, first + length / 2));
            return length;
        }

        /** Out to one level, a frame of it, and in again. */
        private int fade(CleanClip to, int first) {
            int length = change.frames();
            for (int at = 0; at < length; at++) {
                RgbFrame frame = shown.frame(next++);
                frames.add(Pictures.mixed(frame, Pictures.plain(frame, change.level()), (at + 1.0) / (length + 1)));
            }
            frames.add(Pictures.plain(to.frame(0), change.level()));
            for (int at = 0; at < length; at++) {
                RgbFrame frame = to.frame(at);
                frames.add(Pictures.mixed(Pictures.plain(frame, change.level()), frame, (at + 1.0) / (length + 1)));
            }
            changes.add(new Transition(Transition.Kind.FADE, first, first + 2 * length + 1, first + length + 1));
            return length;
        }
    }
}
