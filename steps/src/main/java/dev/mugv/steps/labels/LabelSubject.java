package dev.mugv.steps.labels;

import dev.mugv.model.run.TaskKind;

/**
 * What an item shows: a clip, or a generated video.
 *
 * @param subjectId id of the clip or sample
 * @param content what is shown
 * @param method which model made it, kept from annotators; empty for clips
 * @param prompt caption or prompt
 */
public record LabelSubject(String subjectId, Content content, String method, String prompt) {
    /**
     * A file of an artifact.
     *
     * @param sha256 hash of the file; of a clip, of its source video
     * @param task what made the artifact; of a clip, the curation that cut it
     * @param artifactKey of the artifact
     * @param file name in its manifest; of a clip, a picture of it
     * @param reference picture that it was made from, in the same artifact; empty without one
     */
    public record Content(String sha256, TaskKind task, String artifactKey, String file, String reference) {}
}
