package dev.mugv.steps.lineage;

import java.util.List;

/** What a word stands for. */
public sealed interface Resolution {
    record Found(LineageNode node) implements Resolution {}

    record Unknown() implements Resolution {}

    /**
     * @param candidates the first of them
     * @param total how many there are
     */
    record Ambiguous(List<LineageNode> candidates, long total) implements Resolution {
        public Ambiguous {
            candidates = List.copyOf(candidates);
        }
    }
}
