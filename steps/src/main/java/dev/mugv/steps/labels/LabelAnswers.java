package dev.mugv.steps.labels;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What came of asking people. */
public sealed interface LabelAnswers {
    /** Everything has been labelled; for each question what was said of its items, in their order. */
    record Complete(List<List<AnsweredItem>> answers) implements LabelAnswers {
        public Complete {
            answers = answers.stream().map(List::copyOf).toList();
        }
    }

    /** Something has not: the step goes on when people have labelled. */
    record Waiting(List<AwaitedBatch> batches) implements LabelAnswers {
        public Waiting {
            batches = List.copyOf(batches);
        }

        /** What is waited for and what to do, without the names of commands, which know where they are. */
        public String text() {
            return "Waiting for people who label: "
                    + batches.stream().map(AwaitedBatch::text).collect(Collectors.joining("; ")) + ".";
        }
    }

    /**
     * An item with all its labels.
     *
     * @param given ordered by annotator
     * @param verdict of the majority; empty where there is none
     */
    record AnsweredItem(LabelBatch batch, LabelItem item, List<GivenLabel> given, Optional<String> verdict) {
        public AnsweredItem {
            given = List.copyOf(given);
        }
    }
}
