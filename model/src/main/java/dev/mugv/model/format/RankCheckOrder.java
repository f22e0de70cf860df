package dev.mugv.model.format;

/**
 * Parameters of {@code RANK_CHECK}.
 *
 * @param occasion tells this check from earlier ones, so that it is done afresh
 * @param waitSeconds how long a rank may wait for the files of the others
 */
public record RankCheckOrder(String occasion, int waitSeconds) {
    public RankCheckOrder {
        if (waitSeconds < 1) {
            throw new IllegalArgumentException("expected to wait at least 1 s, found " + waitSeconds);
        }
    }
}
