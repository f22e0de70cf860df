package dev.mugv.jobs.web;

import dev.mugv.steps.labels.LabelAxis;
import dev.mugv.steps.labels.LabelItem;
import dev.mugv.steps.labels.LabelQueue;
import dev.mugv.steps.labels.LabelSubject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * An item as it is asked about: nothing of it tells what made it.
 *
 * @param item its id; empty when there is none left
 * @param prompt the text that both sides of a pair have in common
 * @param sides left and right, or one
 * @param axes the questions in their order
 * @param given items that the annotator has labelled
 * @param total items that are theirs to label
 */
record AskedItem(String item, String prompt, List<Side> sides, List<LabelAxis> axes, int given, int total) {
    AskedItem {
        sides = List.copyOf(sides);
        axes = List.copyOf(axes);
    }

    /**
     * What is shown of a subject.
     *
     * @param video address; empty where there is only a picture
     * @param picture address; empty without one
     * @param reference address of the picture that it was made from; empty without one
     * @param from second at which it begins in the video
     * @param to second at which it ends; 0 for the video's end
     */
    record Side(String video, String picture, String reference, double from, double to) {}

    /**
     * What there is to show of a subject.
     *
     * @param hasVideo whether it has a video to play
     * @param hasPicture whether it has a picture of itself
     * @param hasReference whether it has the picture that it was made from
     * @param from second at which it begins in the video
     * @param to second at which it ends; 0 for the video's end
     */
    record View(boolean hasVideo, boolean hasPicture, boolean hasReference, double from, double to) {}

    static AskedItem of(LabelQueue queue, String wanted, Function<LabelSubject, View> look) {
        Optional<LabelItem> next = queue.next(wanted);
        List<Side> sides = new ArrayList<>();
        next.ifPresent(item -> {
            for (int side = 1; side <= item.subjects().size(); side++) {
                View view = look.apply(item.subjects().get(side - 1));
                String base = "/annotate/items/" + item.itemId();
                sides.add(new Side(
                        view.hasVideo() ? base + "/video/" + side : "",
                        view.hasPicture() ? base + "/picture/" + side : "",
                        view.hasReference() ? base + "/reference/" + side : "",
                        view.from(),
                        view.to()));
            }
        });
        return new AskedItem(
                next.map(LabelItem::itemId).orElse(""),
                next.map(item -> item.subjects().get(0).prompt()).orElse(""),
                sides,
                queue.batch().kind().axes(),
                queue.given(),
                queue.progress().total());
    }
}
