package dev.mugv.model.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.file.Path;

/** Who labels the samples that alignment learns preferences from; {@code kind} tells them apart in files. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = PreferenceLabelSource.Rule.class, name = "rule"),
    @JsonSubTypes.Type(value = PreferenceLabelSource.Csv.class, name = "csv"),
    @JsonSubTypes.Type(value = PreferenceLabelSource.People.class, name = "people")
})
public sealed interface PreferenceLabelSource {
    /** The stated automatic rule over measures of the samples: no person's judgement. */
    record Rule() implements PreferenceLabelSource {}

    /**
     * A file that was made elsewhere.
     *
     * @param file CSV of labels
     */
    record Csv(@MustExist(MustExist.Kind.FILE) Path file) implements PreferenceLabelSource {}

    /**
     * Majorities of people, by the label store: the run opens what is to be labelled and waits for it.
     *
     * @param annotators how many different people label each item
     * @param seed decides sides and the order in which each annotator sees items
     */
    record People(
            @Default("3") int annotators, @Default("1") long seed) implements PreferenceLabelSource {
        public People {
            new AnnotationRequest(annotators, seed);
        }

        /** How they are asked. */
        public AnnotationRequest request() {
            return new AnnotationRequest(annotators, seed);
        }
    }
}
