package dev.mugv.model.config;

/** In whose words evaluation asks models for videos. */
public enum PromptWording {
    /** In those of the configuration. */
    AS_GIVEN,
    /** In those of the rewriter, which are an artifact of their own. */
    REWRITTEN
}
