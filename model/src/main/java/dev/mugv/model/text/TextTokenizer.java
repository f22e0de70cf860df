package dev.mugv.model.text;

/** Splits a text into token ids, its end token included. */
interface TextTokenizer extends AutoCloseable {
    /** Ids of the whole text, at least the end token, which is the last. */
    long[] encode(String text);

    @Override
    void close();
}
