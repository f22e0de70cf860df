package dev.mugv.model.format;

import java.util.List;

/**
 * What is in the videos of a planted set: {@code truth.json} beside them.
 *
 * @param seed of which everything random is a function
 * @param clips clean clips, by their ids
 * @param videos one entry a file
 */
public record PlantedTruth(long seed, List<String> clips, List<Video> videos) {
    public static final String FILE_NAME = "truth.json";

    public PlantedTruth {
        clips = List.copyOf(clips);
        videos = List.copyOf(videos);
    }

    /**
     * One planted video.
     *
     * @param file its name, relative to the truth
     * @param edit what was done
     * @param variant the edit with its strength, for example {@code dissolve of 16 frames}
     * @param clip number in {@code clips} of the clip it was made of; of a film, of its first shot
     * @param transitions changes of shot, in order
     */
    public record Video(String file, PlantedEdit edit, String variant, int clip, List<Transition> transitions) {
        public Video {
            transitions = List.copyOf(transitions);
        }
    }
}
