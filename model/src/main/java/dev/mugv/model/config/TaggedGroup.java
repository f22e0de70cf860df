package dev.mugv.model.config;

import java.util.List;

/**
 * Clips that finetuning is to see more or less often, for example those that show people.
 *
 * @param tags a clip with any of these belongs to the group
 * @param weight times the clip's other weight; of several groups the largest counts
 */
public record TaggedGroup(List<String> tags, double weight) {
    public TaggedGroup {
        tags = List.copyOf(tags);
        new Faults()
                .require(!tags.isEmpty(), "tags", "expected at least one tag, found none")
                .require(weight > 0 && weight <= 1000, "weight", "expected above 0 and up to 1000, found " + weight)
                .throwIfAny();
    }
}
