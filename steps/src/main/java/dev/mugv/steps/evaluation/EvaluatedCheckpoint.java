package dev.mugv.steps.evaluation;

/**
 * A checkpoint that is evaluated.
 *
 * @param name what people call it: {@code pretrained}, {@code finetuned}, {@code aligned}
 * @param step step that made it
 */
public record EvaluatedCheckpoint(String name, String step) {}
