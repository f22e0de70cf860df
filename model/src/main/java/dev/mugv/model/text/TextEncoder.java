package dev.mugv.model.text;

/** Turns a caption into features, the same for the same text and {@link #identity}. */
public interface TextEncoder extends AutoCloseable {
    /** Features of one text; of a text that is too long, of its first tokens: {@link TextFeatures#isCut} tells. */
    TextFeatures encode(String text);

    /** Width of a token's features. */
    int width();

    /** Hash of everything the features depend on besides the text; part of the key of what is made from them. */
    String identity();

    @Override
    void close();
}
