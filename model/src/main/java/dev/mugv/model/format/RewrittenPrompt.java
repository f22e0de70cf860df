package dev.mugv.model.format;

/**
 * A prompt as a service has rewritten it, kept beside what was made from it.
 *
 * @param original as the user gave it
 * @param rewritten as the service answered
 * @param model name of the service's model
 * @param templateSha256 hash of what it was asked
 */
public record RewrittenPrompt(String original, String rewritten, String model, String templateSha256) {
    /** Ends the name of the file beside a video. */
    public static final String FILE_SUFFIX = ".prompt.json";
}
